"""Files that belong to something registered: what may be one, by its content, and what it is called."""

from django.core.exceptions import ValidationError

from riskcontrol.paper import attachment_reading
from riskcontrol.paper.pdf import unprintable
from riskcontrol.processes.confined import SCAN_LIMITS, RefusedError, Words, confined
from riskcontrol.sizes import ATTACHMENT_BYTES, ATTACHMENT_MEGABYTES
from riskcontrol.text import stripped

WORDS = Words(
    "这个文件太复杂，{seconds} 秒内没有读完。请另存后再试。",
    "这个文件展开后太大，读不下。请另存后再试。",
    "这个文件读不出来，可能已经损坏。请打开后另存，再上传。",
)
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "jpg": "image/jpeg",
    "png": "image/png",
}
ACCEPTED = ",".join(f".{suffix}" for suffix in (*MEDIA_TYPES, "jpeg"))
HELP = f"PDF、Word（.docx）、Excel（.xlsx）、OFD、JPG 或 PNG，不超过 {ATTACHMENT_MEGABYTES} MB。"
LONGEST_NAME = 120


def read(content: bytes) -> str:
    """The kind of file by its content, read in a confined process. ValidationError at `file` says what is wrong."""
    if len(content) > ATTACHMENT_BYTES:
        raise ValidationError({"file": f"文件超过 {ATTACHMENT_MEGABYTES} MB，请分开或压缩图片后再上传。"})
    try:
        return str(confined(attachment_reading.read_attachment, content, limits=SCAN_LIMITS, words=WORDS)["kind"])
    except RefusedError as error:
        raise ValidationError({"file": str(error)}) from error


def plain_name(name: str, suffix: str) -> str:
    """The name without its ending, which is that of its content, and cut to what a row holds."""
    plain = "".join(character for character in name if character.isprintable())
    stem = plain.rpartition("/")[2].rpartition("\\")[2].rpartition(".")[0] or plain
    return f"{stripped(stem)[: LONGEST_NAME - len(suffix) - 1] or '文件'}.{suffix}"


def printed_name(name: str, suffix: str) -> str:
    """The same for a row whose texts are printed. ValidationError at `file` where no face can draw the name."""
    plain = plain_name(name, suffix)
    if odd := unprintable(plain):
        raise ValidationError({"file": f"文件名里有打印不出的字符“{'”“'.join(odd)}”，请改了文件名再上传。"})
    return plain
