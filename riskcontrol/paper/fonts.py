"""The typefaces of printed documents: which face sets which role, where its file is, which characters it has."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

# Every stack ends with this face: it has all of GBK and the rare characters of names (libraries.md, Fonts).
FALLBACK_FAMILY = "Noto Serif CJK SC"
VARIABLE = re.compile(r"var\((--[a-z-]+)\)")
FONT_SUFFIXES = frozenset({".ttf", ".otf"})


@dataclass(frozen=True)
class FontRole:
    """One use of type on an official page (GB/T 9704-2012, 5.2.2): licensed families first, then the free face."""

    name: str
    licensed: tuple[str, ...]
    free_family: str
    free_weight: int = 400


ROLES = (
    # Of the free faces this one is nearest to 小标宋, and its subset is an eighth of that of Noto Serif CJK Bold.
    FontRole(
        "title", ("方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"), "FandolSong", 700
    ),
    FontRole(
        "body", ("仿宋_GB2312", "FangSong_GB2312", "方正仿宋_GBK", "方正仿宋简体", "仿宋", "FangSong"), "FandolFang"
    ),
    FontRole("kai", ("楷体_GB2312", "KaiTi_GB2312", "方正楷体_GBK", "方正楷体简体", "楷体", "KaiTi"), "FandolKai"),
    FontRole("heading", ("黑体", "SimHei", "方正黑体_GBK", "方正黑体简体"), "FandolHei"),
)


@dataclass(frozen=True)
class FontFile:
    """One face in a file: `index` counts the faces of a collection (.ttc)."""

    path: Path
    index: int = -1
    weight: int = 400

    @cached_property
    def characters(self) -> frozenset[int]:
        """Code points that the face can draw."""
        with TTFont(self.path, fontNumber=self.index, lazy=True) as font:
            return frozenset(font.getBestCmap())


@dataclass(frozen=True)
class Face:
    """The face chosen for one role; `own` is the file it comes from, `family` its name in the style sheet."""

    role: str
    family: str
    weight: int
    own: FontFile
    is_system: bool = False


@dataclass(frozen=True)
class FontSet:
    """All faces of one installation: one per role, the fallbacks, and the roles for which no face was found."""

    faces: tuple[Face, ...]
    fallbacks: tuple[Face, ...]
    missing: tuple[str, ...] = ()

    def css(self) -> str:
        """@font-face rules for the files, and one custom property per role (`--font-body`, `--weight-body`)."""
        properties = " ".join(f"{name}: {value};" for name, value in self._properties().items())
        return f"{self._rules()}\n:root {{ {properties} }}"

    def applied(self, styles: str) -> str:
        """@font-face rules and a style sheet with those properties filled in, which saves resolving them by element."""
        properties = self._properties()
        return f"{self._rules()}\n" + VARIABLE.sub(lambda found: properties.get(found[1], found[0]), styles)

    def _rules(self) -> str:
        return "\n".join(self._font_face(face) for face in (*self.faces, *self.fallbacks) if not face.is_system)

    def _properties(self) -> dict[str, str]:
        tail = [face.family for face in self.fallbacks]
        properties: dict[str, str] = {}
        for face in self.faces:
            stack = ", ".join(f'"{family}"' for family in dict.fromkeys([face.family, *tail]))
            properties |= {f"--font-{face.role}": stack, f"--weight-{face.role}": str(face.weight)}
        return properties

    @staticmethod
    def _font_face(face: Face) -> str:
        return (
            f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight};'
            f' src: url("{face.own.path.as_uri()}") }}'
        )

    def undrawable(self, characters: Iterable[str]) -> list[str]:
        """Characters that some role could only print as a box, sorted by code point."""
        wanted = {ord(character) for character in characters}
        gaps: set[int] = set()
        for face in self.faces:
            gaps |= wanted - face.own.characters
        for fallback in self.fallbacks:
            if not gaps:
                break
            gaps -= fallback.own.characters
        return [chr(point) for point in sorted(gaps)]


@cache
def font_set(font_dir: Path) -> FontSet:
    """Choose the faces from the files in `font_dir` and from the system's fonts; cached for the life of the process."""
    files = _families_in(font_dir)
    system = _system_families()
    faces: list[Face] = []
    missing: list[str] = []
    for role in ROLES:
        face = _choose(role, files, system)
        if face is None:
            missing.append(role.free_family)
        else:
            faces.append(face)
    fallbacks: list[Face] = []
    if FALLBACK_FAMILY in system:
        fallbacks.append(Face("fallback", FALLBACK_FAMILY, 400, _nearest(system[FALLBACK_FAMILY], 400), is_system=True))
    elif FALLBACK_FAMILY not in missing:
        missing.append(FALLBACK_FAMILY)
    known = {family for role in ROLES for family in (*role.licensed, role.free_family)}
    named = {file.path for family in known for file in files.get(family, ())}
    extra = sorted({file.path for found in files.values() for file in found} - named)
    # A file that plays no role was put there for its characters: it stands behind the fallback.
    for number, path in enumerate(extra, start=1):
        fallbacks.append(Face("fallback", f"form-extra-{number}", 400, FontFile(path)))
    return FontSet(tuple(faces), tuple(fallbacks), tuple(missing))


def _choose(role: FontRole, files: dict[str, list[FontFile]], system: dict[str, list[FontFile]]) -> Face | None:
    for family in role.licensed:
        if family in files:
            return Face(role.name, f"form-{role.name}", 400, _nearest(files[family], 400))
        if family in system:
            return Face(role.name, family, 400, _nearest(system[family], 400), is_system=True)
    if role.free_family in files:
        own = _nearest(files[role.free_family], role.free_weight)
        return Face(role.name, f"form-{role.name}-free", role.free_weight, own)
    if role.free_family in system:
        own = _nearest(system[role.free_family], role.free_weight)
        return Face(role.name, role.free_family, role.free_weight, own, is_system=True)
    return None


def _nearest(files: list[FontFile], weight: int) -> FontFile:
    return min(files, key=lambda file: (abs(file.weight - weight), str(file.path)))


def _families_in(folder: Path) -> dict[str, list[FontFile]]:
    """Family and full names (Chinese and English) to the files of a folder; a broken file is passed over."""
    found: dict[str, list[FontFile]] = {}
    if not folder.is_dir():
        return found
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in FONT_SUFFIXES:
            continue
        try:
            with TTFont(path, lazy=True) as font:
                names = {str(record) for record in font["name"].names if record.nameID in (1, 4, 16)}
                weight = _weight(font)
        except (TTLibError, KeyError, OSError):
            continue
        for name in names:
            found.setdefault(name, []).append(FontFile(path, weight=weight))
    return found


def _weight(font: TTFont) -> int:
    """The weight that a face's style names; the number beside it is wrong in Fandol's bold faces."""
    styles = {str(record) for record in font["name"].names if record.nameID in (2, 17)}
    return 700 if "Bold" in styles else int(font["OS/2"].usWeightClass)


def _system_families() -> dict[str, list[FontFile]]:
    """Families that fontconfig knows, to their files."""
    line = r"%{file}\t%{index}\t%{weight}\t%{family}\n"
    try:
        listing = subprocess.run(  # noqa: S603 - fixed arguments
            ["fc-list", "-f", line],  # noqa: S607 - wherever fontconfig is installed  # nosec B607
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, list[FontFile]] = {}
    for row in listing.splitlines():
        path, index, weight, families = row.split("\t")
        file = FontFile(Path(path), int(index) if path.endswith(".ttc") else -1, _css_weight(weight))
        for family in families.split(","):
            found.setdefault(family, []).append(file)
    return found


def _css_weight(value: str) -> int:
    """fontconfig counts 80 for regular and 200 for bold; style sheets count 400 and 700."""
    return 700 if value.isdigit() and int(value) >= 180 else 400
