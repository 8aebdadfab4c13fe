"""What every write to the year's work begins with: the year held open; and what is said where somebody else saved."""

from riskpoints.models import Cycle

CHANGED = "您填写期间别人更改过，您的还没有保存。请对照后再保存。"


def open_year(cycle: Cycle, refusal: type[Exception], closed: str) -> Cycle:
    """The year, locked. The refusal, in Chinese, where it is closed (`closed` says what then), or withdrawn."""
    locked = Cycle.objects.select_for_update().filter(pk=cycle.pk).first()
    if locked is None:
        raise refusal(f"{cycle}已经撤销。请刷新页面。")
    if locked.is_closed:
        raise refusal(f"{locked}已经关闭，{closed}")
    return locked


def former_year(cycle: Cycle) -> Cycle | None:
    """The year whose plan and documents a year begins with; None for the first, and for one typed in from paper."""
    if cycle.is_historical:
        return None
    return Cycle.objects.filter(year__lt=cycle.year, is_historical=False).order_by("-year").first()
