"""The library: the codelists that are shipped, or those of a folder."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from instep_cohort.codelists.files import load
from instep_cohort.codelists.findings import Severity
from instep_cohort.codelists.lock import lock_findings
from instep_cohort.codelists.model import Codelist
from instep_cohort.codelists.versions import list_folders, released
from instep_cohort.errors import DefinitionError, Fault, UsageError


class Library:
    """Codelists by id and version.

    Where the folder has a lock, it is held against every released file at once, so that a changed
    list is reported by whatever looks at the library, not only by what uses that list.
    """

    def __init__(self, folder: Path | str | None = None) -> None:
        """Opens a folder of codelists, or the shipped ones.

        Raises:
            UsageError: there is no such folder.
            DefinitionError: a released file differs from the lock, is gone, or is not in it.
        """
        self.folder = Path(folder) if folder is not None else _shipped()
        if not self.folder.is_dir():
            raise UsageError(f"there is no folder of codelists at {self.folder}")
        wrong = [one for one in lock_findings(self.folder) if one.severity is Severity.ERROR]
        # a version that is being written, and is not locked yet, only stops those who ask for it
        self._unlocked = {one.file: one.as_fault() for one in wrong if one.code == "lock-lacks"}
        faults = [one.as_fault() for one in wrong if one.code != "lock-lacks"]
        if faults:
            raise DefinitionError(faults)
        self._loaded: dict[tuple[str, str], Codelist] = {}

    def __repr__(self) -> str:
        return f"<Library of {len(self.ids())} codelists: {', '.join(self.ids())}>"

    def ids(self) -> list[str]:
        """The ids of all codelists, sorted."""
        return [
            inner.name for inner in list_folders(self.folder) if (inner / "codelist.yaml").is_file()
        ]

    def versions(self, id: str) -> list[str]:  # noqa: A002
        """The released versions of a codelist, oldest first.

        Raises:
            DefinitionError: there is no such codelist; the nearest id is named.
        """
        known = self.ids()
        if id not in known:
            near = get_close_matches(id, known, 1)
            repair = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            if not known:
                repair = f"there are none in {self.folder}: name a folder of codelists"
            raise DefinitionError(Fault(f"codelists.{id}", f"there is no codelist {id!r}", repair))
        return released(self.folder / id)

    def get(self, id: str, version: str) -> Codelist:  # noqa: A002
        """One version of a codelist.

        Raises:
            DefinitionError: there is no such codelist or version, or anything in its files is
                wrong; every fault is named.
        """
        versions = self.versions(id)
        if version not in versions:
            raise DefinitionError(
                Fault(
                    f"codelists.{id}",
                    f"{id} has no version {version!r}",
                    f"released: {', '.join(versions) or 'none'}",
                )
            )
        if unlocked := self._unlocked.get(f"{id}/{version}.csv"):
            raise DefinitionError(unlocked)
        if (id, version) not in self._loaded:
            self._loaded[id, version] = load(self.folder / id, version)
        return self._loaded[id, version]

    def latest(self, id: str) -> Codelist:  # noqa: A002
        """The newest version of a codelist.

        Raises:
            DefinitionError: as ``get``, or it has no released version.
        """
        versions = self.versions(id)
        if not versions:
            raise DefinitionError(
                Fault(
                    f"codelists.{id}",
                    f"{id} has no released version",
                    f"make one of {id}/working.csv: codelists release {id}",
                )
            )
        return self.get(id, versions[-1])

    def named(self, text: str) -> Codelist:
        """The version that people write as ``opioids@1.0.0``; ``opioids`` is the newest one.

        Raises:
            DefinitionError: as ``get``, or it has no released version.
        """
        name, _, version = text.partition("@")
        return self.get(name, version) if version else self.latest(name)


def _shipped() -> Path:
    from instep_cohort.shipped_files import shipped

    return shipped("codelists")
