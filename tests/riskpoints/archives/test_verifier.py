"""Every kind of damage is found, also behind a manifest that was made to fit."""

import io
import json
import zipfile

import pytest

from riskpoints.archives import verifier
from tests.riskpoints.archives.packing import SCAN, csv_of, forge, repack, rows, smudge, unpacked


def removed(files):
    del files["01_总务处/0001_签字盖章扫描件_第2版_1.pdf"]


def added(files):
    files["01_总务处/便条.txt"] = b"?"


def swapped(files):
    one, two = "01_总务处/0001_签字盖章扫描件_第1版_1.pdf", "01_总务处/0001_签字盖章扫描件_第2版_1.pdf"
    files[one], files[two] = files[two], files[one]


def relabelled(files):
    files["manifest.json"] = files["manifest.json"].replace(b'"program"', b'"programme"')


def no_manifest(files):
    del files["manifest.json"]


def no_checklist(files):
    del files["校验清单.sha256"]


def other_format(files):
    files["manifest.json"] = files["manifest.json"].replace(b"annual-archive/2", b"annual-archive/9")


def broken_json(files):
    files["manifest.json"] = files["manifest.json"][:-20]


def odd_name(files):
    files["../a:b.txt"] = b"?"


@pytest.mark.parametrize(
    ("damage", "faults"),
    [
        (removed, ["缺少“01_总务处/0001_签字盖章扫描件_第2版_1.pdf”"]),
        (added, ["多出“01_总务处/便条.txt”，清单里没有"]),
        (smudge, ["“说明.txt”的内容已被改动"]),
        (relabelled, ["“manifest.json”的内容已被改动"]),
        (no_manifest, ["缺少“manifest.json”"]),
        (no_checklist, ["缺少“校验清单.sha256”"]),
        (other_format, ["“manifest.json”的格式是“annual-archive/9”，本程序只认“annual-archive/2”"]),
        (odd_name, ["文件名“../a:b.txt”不合规定", "多出“../a:b.txt”，清单里没有"]),
    ],
)
def test_damage_to_files_is_named(whole, damage, faults):
    files = unpacked(whole)
    damage(files)
    assert verifier.verify(repack(whole, files)) == faults


def test_swapped_files_are_named_with_each_other(whole):
    files = unpacked(whole)
    swapped(files)
    one, two = (f"“01_总务处/0001_签字盖章扫描件_第{number}版_1.pdf”" for number in (1, 2))
    length = len(SCAN)
    assert verifier.verify(repack(whole, files)) == [
        f"{one}的大小不对：应为 {length} 字节，实为 {length + 1} 字节",
        f"{one}的内容已被改动：它与{two}相同，可能放错了位置",
        f"{two}的大小不对：应为 {length + 1} 字节，实为 {length} 字节",
        f"{two}的内容已被改动：它与{one}相同，可能放错了位置",
    ]


def test_a_broken_manifest_is_named(whole):
    files = unpacked(whole)
    broken_json(files)
    (fault,) = verifier.verify(repack(whole, files))
    assert fault.startswith("“manifest.json”不是正确的 JSON")


def test_a_file_twice_is_named(whole):
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(whole, "a") as package:
        package.writestr("说明.txt", package.read("说明.txt"))
    assert verifier.verify(whole) == ["“说明.txt”在包里有 2 份，无法确定哪一份是真的"]


def test_every_single_changed_byte_of_a_stored_file_is_found(whole):
    """One byte in each of 40 places over the whole zip: names, contents, central directory."""
    data = whole.read_bytes()
    for place in range(0, len(data), len(data) // 40):
        damaged = bytearray(data)
        damaged[place] ^= 0x55
        whole.write_bytes(damaged)
        assert verifier.verify(whole) != [] or unpacked(whole) == kept_files(data)


def kept_files(data):
    return unpacked(io.BytesIO(data))


@pytest.mark.parametrize("keep", [0, 0.5, 0.99, 0.9999])
def test_a_cut_file_is_named(whole, keep):
    data = whole.read_bytes()
    whole.write_bytes(data[: int(keep * len(data))])
    (fault,) = verifier.verify(whole)
    assert fault.startswith("打不开“档案.zip”：")


def test_something_added_behind_the_end_is_named(whole):
    with whole.open("ab") as stream:
        stream.write(b"?")
    assert verifier.verify(whole) == ["打不开“档案.zip”：末尾被截去，或添了别的内容"]


def edit_decisions(files, edit):
    decisions = json.loads(files["办理记录.json"])
    edit(decisions)
    files["办理记录.json"] = json.dumps(decisions, ensure_ascii=False).encode()
    table = rows(files["办理记录.csv"])
    for row, decision in zip(table, decisions, strict=True):
        row["意见"], row["内容校验值"] = decision["comment"], decision["content_hash"]
    files["办理记录.csv"] = csv_of(table)


def other_comment(decisions):
    decisions[1]["comment"] = "同意"


def other_snapshot(decisions):
    decisions[2]["snapshot"] = decisions[2]["snapshot"].replace("岗位职责风险的风险点1", "无")


def other_content(decisions):
    other_snapshot(decisions)
    decisions[2]["open_hash"] = verifier.sha256(decisions[2]["snapshot"])


def without_its_hash(decisions):
    other_snapshot(decisions)
    decisions[2]["open_hash"] = None


def other_table(decisions):
    last = [row for row in decisions if row["action"] == "confirm" and row["table"] == "总务处"][-1]
    last["content_hash"] = verifier.sha256(last["snapshot"])


def a_draft_shown(decisions):
    decisions[0]["snapshot"] = decisions[2]["snapshot"]


def covered_opinion(decisions):
    decisions[2]["withheld"] = True


@pytest.mark.parametrize(
    ("edit", "faults"),
    [
        (other_comment, ["办理记录第 2 条（总务处，审核通过，核定等级）在审计记录里没有，或与之不符"]),
        (other_snapshot, ["办理记录第 3 条（总务处，确定）的内容与校验值不符"]),
        (other_content, ["办理记录第 3 条（总务处，确定）在审计记录里没有，或与之不符"]),
        (without_its_hash, ["办理记录第 3 条（总务处，确定）在审计记录里没有，或与之不符"]),
        (a_draft_shown, ["办理记录第 1 条（总务处，提交纪委审核）的内容与校验值不符"]),
        (covered_opinion, ["办理记录第 3 条（总务处，确定）的内容与校验值不符"]),
        (
            other_table,
            [
                "总务处第 2 版与办理记录里最后确定的内容不符",
                "办理记录第 6 条（总务处，确定）在审计记录里没有，或与之不符",
            ],
        ),
    ],
)
def test_a_changed_decision_is_found_behind_a_fitting_manifest(whole, edit, faults):
    files = unpacked(whole)
    edit_decisions(files, edit)
    found = verifier.verify(forge(whole, files))
    assert [fault for fault in found if not fault.startswith("合计")] == faults


def test_a_table_of_decisions_that_says_something_else_is_found(whole):
    files = unpacked(whole)
    files["办理记录.csv"] = files["办理记录.csv"].replace("总务处负责人".encode(), "别人".encode())
    table = rows(files["办理记录.csv"])
    table[0]["意见"] = "另一个意见"
    files["办理记录.csv"] = csv_of(table)
    assert verifier.verify(forge(whole, files)) == ["“办理记录.csv”与“办理记录.json”不一致"]


def edit_audit(files, edit):
    lines = files["审计记录.jsonl"].decode().splitlines()
    files["审计记录.jsonl"] = ("\n".join(edit(lines)) + "\n").encode()


def rewritten(lines):
    """One entry changed and its own hash made to fit."""
    place = next(place for place in range(5, len(lines)) if "action" in json.loads(lines[place]))
    entry = json.loads(lines[place])
    del entry["hash"]
    entry["actor_name"] = "别人"
    entry["hash"] = verifier.sha256(verifier.canonical_json(verifier._hashed(entry)))
    return [*lines[:place], verifier.canonical_json(entry), *lines[place + 1 :]], entry["number"]


def test_an_audit_entry_changed_in_place_is_found(whole):
    files = unpacked(whole)
    lines = files["审计记录.jsonl"].decode().splitlines()
    place = next(place for place, line in enumerate(lines) if '"succeeded":true' in line)
    lines[place] = lines[place].replace('"succeeded":true', '"succeeded":false')
    edit_audit(files, lambda _: lines)
    number = json.loads(lines[place])["number"]
    assert verifier.verify(forge(whole, files)) == [f"审计记录第 {number} 条的内容与校验值不符"]


def test_an_audit_entry_rewritten_with_its_hash_breaks_the_chain(whole):
    files = unpacked(whole)
    lines, number = rewritten(files["审计记录.jsonl"].decode().splitlines())
    edit_audit(files, lambda _: lines)
    assert verifier.verify(forge(whole, files)) == [f"审计记录第 {number + 1} 条与前一条不相连"]


def covered_place(lines):
    """Return the place of a covered entry that another covered one follows."""
    covered = ["digest" in json.loads(line) for line in lines]
    return next(place for place in range(1, len(lines)) if covered[place] and covered[place + 1])


def test_a_covered_entry_exchanged_is_found(whole):
    files = unpacked(whole)
    lines = files["审计记录.jsonl"].decode().splitlines()
    place = covered_place(lines)
    entry = json.loads(lines[place])
    lines[place] = verifier.canonical_json(entry | {"digest": "0" * 64})
    edit_audit(files, lambda _: lines)
    assert verifier.verify(forge(whole, files)) == [f"审计记录第 {entry['number']} 条的内容与校验值不符"]


def test_a_shown_entry_cannot_be_exchanged_before_a_bare_one(whole):
    """Where the trail has salts, an entry without its digest could only hide that the next link is broken."""
    files = unpacked(whole)
    lines = files["审计记录.jsonl"].decode().splitlines()
    place = next(place for place in range(1, len(lines)) if "digest" in json.loads(lines[place]))
    before, bare = json.loads(lines[place - 1]), json.loads(lines[place])
    assert "action" in before
    before["actor_name"] = "别人"
    del before["hash"]
    before["hash"] = verifier.sha256(verifier.canonical_json(verifier._hashed(before)))
    bare = {"number": bare["number"], "previous_hash": before["hash"], "hash": bare["hash"]}
    lines[place - 1 : place + 1] = map(verifier.canonical_json, (before, bare))
    edit_audit(files, lambda _: lines)
    assert verifier.verify(forge(whole, files)) == [f"审计记录第 {bare['number']} 条只有校验值，无法核对"]


def test_an_audit_entry_taken_out_is_found(whole):
    files = unpacked(whole)
    number = json.loads(files["审计记录.jsonl"].decode().splitlines()[1])["number"]
    total = len(files["审计记录.jsonl"].decode().splitlines())
    edit_audit(files, lambda lines: [lines[0], *lines[2:]])
    assert verifier.verify(forge(whole, files)) == [
        f"审计记录第 {number + 1} 条之前有缺失：应为第 {number} 条",
        f"审计记录第 {number + 1} 条与前一条不相连",
        f"审计记录应有 {total} 条，实有 {total - 1} 条",
    ]


@pytest.mark.parametrize("ends", [slice(None, -1), slice(1, None)])
def test_an_audit_extract_cut_at_an_end_is_found(whole, ends):
    files = unpacked(whole)
    edit_audit(files, lambda lines: lines[ends])
    faults = verifier.verify(forge(whole, files))
    assert any("末尾可能被截去" in fault for fault in faults) == (ends.stop is not None)
    assert any("之前有缺失" in fault for fault in faults) == (ends.start is not None)


def drop_table(manifest):
    del manifest["tables"][0]


def other_total(manifest):
    manifest["totals"]["points"] += 1


def other_year(manifest):
    manifest["year"] -= 1


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (drop_table, "学校已确定，但清单里没有这张表"),
        (other_total, "合计“points”不对：清单为"),
        (other_year, "办理记录第 3 条（总务处，确定）不是"),
    ],
)
def test_a_manifest_that_says_something_else_is_found(whole, edit, fault):
    faults = verifier.verify(forge(whole, unpacked(whole), change_manifest=edit))
    assert any(found.startswith(fault) for found in faults)


def edit_facts(files, edit):
    facts = json.loads(files["元数据.json"])
    edit(facts)
    files["元数据.json"] = json.dumps(facts, ensure_ascii=False).encode()


def without_a_version(facts):
    facts["versions"] = [version for version in facts["versions"] if version["number"] != 2]


def another_document(facts):
    facts["decisions"][0]["documents"]["pdf"] = "0" * 64


def another_scan(facts):
    next(version for version in facts["versions"] if version["scans"])["scans"][0]["sha256"] = "0" * 64


def one_decision_less(facts):
    del facts["decisions"][0]


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (without_a_version, "“元数据.json”里没有办理记录第 4 条的那一版（总务处）"),
        (another_document, "办理记录第 1 条存档的 pdf 不在包里"),
        (another_scan, "的签字扫描件不在包里"),
        (one_decision_less, "“元数据.json”与“办理记录.json”的条数不一致"),
    ],
)
def test_metadata_without_what_they_name_are_found(whole, edit, fault):
    files = unpacked(whole)
    edit_facts(files, edit)
    assert any(fault in found for found in verifier.verify(forge(whole, files)))


def test_a_catalogue_with_a_gap_is_found(whole):
    files = unpacked(whole)
    table = rows(files["归档文件目录.csv"])
    gone = table.pop(2)["档号"]
    files["归档文件目录.csv"] = csv_of(table)
    assert verifier.verify(forge(whole, files)) == [
        f"{gone} 有文件，但“归档文件目录.csv”里没有这一件",
        f"“归档文件目录.csv”里 {gone[:-5]} 的件号不连续",
    ]


def test_a_manifest_without_its_parts_is_named_not_a_crash(whole):
    faults = verifier.verify(forge(whole, unpacked(whole), change_manifest=lambda manifest: manifest.pop("audit")))
    assert faults == ["“审计记录.jsonl”或清单的结构不对，无法核验（KeyError：'audit'）"]


def bomb(path, *names, size=verifier.SMALL + 1):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name in names:
            package.writestr(name, bytes(size))
    return path


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    """What it says of itself is enough to refuse it, and no more than that is ever unpacked (issue 17)."""
    monkeypatch.setattr(verifier.Package, "chunks", None)
    small = bomb(tmp_path / "a.zip", "manifest.json")
    (fault,) = verifier.verify(small)
    assert fault.startswith("没有打开“a.zip”：“manifest.json”解开以后是现在的 1")
    assert fault.endswith("倍，不像本系统的档案包")
    monkeypatch.setattr(verifier, "LARGEST_PACKAGE", 30 << 20)
    many = bomb(tmp_path / "b.zip", "1.txt", "2.txt", "3.txt", "4.txt", size=verifier.SMALL)
    assert verifier.verify(many) == ["没有打开“b.zip”：解开以后有 40 MB，不像本系统的档案包"]
    monkeypatch.setattr(verifier, "MOST_FILES", 3)
    assert verifier.verify(many) == ["没有打开“b.zip”：里面有 4 个文件，不像本系统的档案包"]


def test_a_size_that_is_a_lie_is_damage_and_no_more_is_read(tmp_path):
    path = bomb(tmp_path / "a.zip", "manifest.json")
    content = path.read_bytes().replace((verifier.SMALL + 1).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(content)
    assert any("读不出，内容已损坏" in fault for fault in verifier.verify(path))


def test_text_as_it_is_written_is_far_from_the_bound(whole):
    with zipfile.ZipFile(whole) as package:
        ratios = [info.file_size / info.compress_size for info in package.infolist()]
    assert max(ratios) < verifier.HIGHEST_RATIO / 10
