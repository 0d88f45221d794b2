"""Files that are no export of searches, or are made to harm: each ends in one clear refusal."""

from __future__ import annotations

import pytest
import search_xml as xml

from instep_cohort.emis_search import importing, parsing, read_searches
from instep_cohort.errors import DefinitionError, UsageError

PLAIN = xml.document(xml.report(1, "One", xml.group(xml.events("Pain", xml.made_id(71_001)))))
ROOT = f'<enquiryDocument xmlns="{xml.NAMESPACE}"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))


def with_type(inside: str) -> str:
    return PLAIN.replace("<enquiryDocument", f"<!DOCTYPE enquiryDocument {inside}><enquiryDocument")


HOSTILE = {
    "billion laughs": with_type(f'[<!ENTITY l0 "ha">{LAUGHS}]').replace("Pain", "&l8;"),
    "quadratic blow-up": with_type(f'[<!ENTITY a "{"a" * 10_000}">]').replace("Pain", "&a;" * 900),
    "file by entity": with_type('[<!ENTITY f SYSTEM "file:///etc/hostname">]').replace("Pain", "&f;"),
    "address by entity": with_type('[<!ENTITY f SYSTEM "http://127.0.0.1:9/x">]').replace("Pain", "&f;"),
    "outside type": with_type('SYSTEM "http://127.0.0.1:9/x.dtd"'),
    "empty type": with_type(""),
    "parameter entity": with_type('[<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]'),
}  # fmt: skip
BROKEN = {
    "nothing": (b"", "the file is empty"),
    "only spaces": (b" \n\n ", "the file is empty"),
    "no XML": (b"search,code\n1,2\n", "not well-formed XML"),
    "cut off": (PLAIN.encode()[:-40], "not well-formed XML"),
    "two roots": (PLAIN.encode() + b"<more/>", "not well-formed XML"),
    "undeclared entity": (PLAIN.replace("Pain", "&pain;").encode(), "not well-formed XML"),
    "NUL": (PLAIN.replace("Pain", "Pa\0in").encode(), "not well-formed XML"),
    "UTF-16": (PLAIN.replace("utf-8", "utf-16").encode("utf-16"), "the file is UTF-16"),
    "UTF-16 without mark": (PLAIN.encode("utf-16-le"), "not well-formed XML"),
    "Windows-1252": (PLAIN.replace("Pain", "Pa\xefn").encode("cp1252"), "byte 0xef"),
    "says UTF-7": (PLAIN.replace("utf-8", "utf-7").encode(), "it is not UTF-8"),
    "says Latin-1": (PLAIN.replace("utf-8", "iso-8859-1").encode(), "it is not UTF-8"),
    "overlong UTF-8": (PLAIN.replace("Pain", "@").encode().replace(b"@", b"\xc0\xbc"), "byte 0xc0"),
    "another root": (b"<searches/>", "not enquiryDocument"),
    "another namespace": (PLAIN.replace("emisopen", "other").encode(), "not enquiryDocument"),
    "no namespace": (PLAIN.replace(f' xmlns="{xml.NAMESPACE}"', "").encode(), "not enquiryDocument"),
    "no search": (f"{ROOT}/>".encode(), "there is no search in the file"),
}  # fmt: skip


def read(tmp_path, data):
    file = tmp_path / "given.xml"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_searches(file)


def refusal(tmp_path, data):
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path, data)
    (fault,) = caught.value.faults
    assert fault.file == "given.xml"
    assert "\n" not in str(fault)
    return fault


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_brings_a_type_or_entities(name, tmp_path):
    fault = refusal(tmp_path, HOSTILE[name])
    assert "document type or entities" in fault.found
    assert fault.repair


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_export_is_refused_in_one_sentence(name, tmp_path):
    data, said = BROKEN[name]
    fault = refusal(tmp_path, data)
    assert said in fault.found
    assert fault.repair


def test_the_mark_of_utf_8_does_no_harm(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbf" + PLAIN.encode()).searches[0].is_complete


def test_a_prefix_is_as_good_as_none(tmp_path):
    prefixed = PLAIN.replace("</", "</e:").replace("<", "<e:").replace("<e:/e:", "</e:")
    prefixed = prefixed.replace("<e:?xml", "<?xml").replace("xmlns=", "xmlns:e=")
    assert "<e:report>" in prefixed
    made = [read(tmp_path, data).searches[0].text for data in (prefixed, PLAIN)]
    # the second line has the file's hash
    assert made[0].splitlines()[2:] == made[1].splitlines()[2:]


def test_an_element_of_another_namespace_is_not_taken_for_ours(tmp_path):
    strange = PLAIN.replace(
        "<memberOperator>AND</memberOperator>", '<memberOperator xmlns="other">AND</memberOperator>'
    )
    made = read(tmp_path, strange).searches[0]
    assert not made.is_complete


def test_a_deep_file_is_refused(tmp_path):
    fault = refusal(tmp_path, f"{ROOT}>{'<a>' * 100_000}")
    assert "deep" in fault.found
    assert fault.line == 1


def test_a_large_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(parsing, "MOST_BYTES", 2_000)
    assert "bytes" in refusal(tmp_path, PLAIN + " " * 2_000).found


def test_a_file_of_many_elements_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parsing, "MOST_ELEMENTS", 500)
    assert "elements" in refusal(tmp_path, f"{ROOT}>{'<a/>' * 501}</enquiryDocument>").found


def test_searches_that_stand_for_millions_of_criteria_end_soon(tmp_path):
    first = xml.report(
        1, "s1", xml.group(*(xml.events(f"v{i}", xml.made_id(71_000 + i)) for i in range(4)))
    )
    others = [
        xml.report(
            n,
            f"s{n}",
            xml.group(xml.in_search(n - 1), xml.events("a", xml.made_id(72_000 + n)), by="OR", false="NEXT"),
            xml.group(xml.in_search(n - 1), xml.events("b", xml.made_id(73_000 + n))),
        )
        for n in range(2, 26)
    ]  # fmt: skip
    imported = read(tmp_path, xml.document(first, *others))
    assert imported.searches[1].is_complete
    assert not imported.searches[-1].is_complete
    assert any("parts" in one.why for one in imported.not_carried)


def test_a_long_chain_of_searches_ends_soon(tmp_path):
    pain = xml.group(xml.events("Pain", xml.made_id(71_001)))
    chain = [xml.report(n, f"s{n}", pain, parent=n + 1) for n in range(1, 400)]
    imported = read(tmp_path, xml.document(*chain, xml.report(400, "s400", pain)))
    assert not imported.searches[0].is_complete
    assert imported.searches[-1].is_complete
    assert any("stand one on the other" in one.why for one in imported.not_carried)


def test_thousands_of_strange_things_are_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("instep_cohort.emis_search.findings.MOST_FINDINGS", 50)
    groups = [xml.group(xml.criterion("STRANGE"), true="NEXT") for _ in range(60)]
    with pytest.raises(DefinitionError, match="not understood"):
        read(tmp_path, xml.document(xml.report(1, "s", *groups)))


@pytest.mark.parametrize("words", ["Pain\nstudy: other", "a\x85b", "a\u2028include: {}", "# x: [y", "'\": {}", "=1+1", "../../etc", "CON", "a\x9fb", ""])  # fmt: skip
def test_a_name_stays_a_name(words, tmp_path):
    data = xml.document(xml.report(1, words, xml.group(xml.events(words, xml.made_id(71_001)))))
    imported = read(tmp_path, data)
    made = imported.searches[0]
    assert made.is_complete
    assert set(made.file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    head = [line for line in made.text.splitlines() if line.startswith(("study:", "include:"))]
    assert head == [f"study: {made.file.removesuffix('.yaml')}", "include:"]


def test_what_is_quoted_stays_in_its_comment(tmp_path):
    words = "x\nopt_outs: {events: other}\u2028exclude: {}\x85y"
    strange = xml.criterion("EVENTS", xml.text("newFilter", words), xml.text(f"t{'x' * 300}", 1))
    (search,) = read(tmp_path, xml.document(xml.report(1, "One", xml.group(strange)))).searches
    head, _, body = search.text.partition("study: one")
    assert "newFilter" in head
    assert all(line.startswith("#") for line in head.splitlines())
    assert body.count("opt_outs:") == 1


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_searches(tmp_path / "absent.xml")


def test_another_schema_version_is_told(tmp_path):
    data = PLAIN.replace("32.0.0", "33.1.0")
    assert importing.KNOWN_SCHEMA in read(tmp_path, data).warnings[0]
    assert read(tmp_path, PLAIN).warnings == ()
