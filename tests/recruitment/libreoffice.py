"""LibreOffice without a window: it opens files, does what a macro says, and saves them its way."""

import os
import shutil
import subprocess
from xml.sax.saxutils import escape

SOFFICE = shutil.which("soffice")
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
  script:language="StarBasic">{}</script:module>
"""
_EDIT = """
Sub Edit(source As String, target As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  Dim book : book = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  Dim sheet : sheet = book.Sheets.getByName("Screening")
{}
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = IIf(Right(target, 4) = "xlsx", "Calc MS Excel 2007 XML", "calc8")
  book.storeToURL(ConvertToURL(target), how())
  book.close(True)
End Sub
"""


class LibreOffice:
    """LibreOffice with a profile of its own."""

    def __init__(self, profile):
        self.profile = profile
        empty = profile / "empty.csv"
        profile.mkdir()
        empty.write_text("a\n")
        self.convert(empty, "ods", profile / "converted")  # makes the profile

    def convert(self, path, kind, out, *options):
        """The file saved as another kind."""
        self._run(*options, "--convert-to", kind, "--outdir", str(out), str(path))
        made = out / f"{path.stem}.{kind.partition(':')[0]}"
        assert made.is_file()
        return made

    def edit(self, source, target, lines):
        """Opens the workbook, runs lines of Basic on its `sheet`, and saves it as the target."""
        basic = self.profile / "user" / "basic" / "Standard" / "Module1.xba"
        text = _EDIT.format("\n".join(f"  {line}" for line in lines))
        basic.write_text(_MODULE.format(escape(text)), encoding="utf-8")
        self._run(f'macro:///Standard.Module1.Edit("{source}","{target}")')
        assert target.is_file()
        return target

    def _run(self, *arguments):
        profile = f"-env:UserInstallation={self.profile.as_uri()}"
        command = [SOFFICE, "--headless", "--norestore", profile, *arguments]
        british = os.environ | {"LC_ALL": "en_GB.UTF-8"}
        subprocess.run(command, check=True, capture_output=True, timeout=180, env=british)
