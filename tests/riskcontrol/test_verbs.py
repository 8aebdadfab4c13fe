"""Keys of the trail are stable, captions are not; entries from before there were keys are read through one map."""

import pytest
from django.apps import apps

from departments.verbs import OrganisationVerb
from riskcontrol import audit, verbs
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact, SystemVerb, Verb
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.enums import Action
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.references.library.verbs import LibraryVerb
from riskpoints.references.powers.verbs import PowerVerb
from riskpoints.references.regulations.verbs import RegulationVerb
from riskpoints.rules.verbs import RuleVerb
from riskpoints.verbs import DECISIONS, RegisterVerb
from tests.riskpoints.archives.packing import falsify

ENUMS = (
    SystemVerb,
    OrganisationVerb,
    RegisterVerb,
    RuleVerb,
    ParticipationVerb,
    PowerVerb,
    RegulationVerb,
    LibraryVerb,
    CampaignVerb,
    OversightVerb,
)


class StrangeVerb(Verb):
    """An enum that no app has registered."""

    STRANGE = "strange.verb", "没有登记的事项"
    TAKEN = "user.login", "登录"


@pytest.mark.parametrize("word", ["登录", "user.login", "", StrangeVerb.STRANGE, StrangeVerb.TAKEN, Action.CONFIRM])
def test_only_a_registered_verb_gets_into_the_trail(db, word):
    with pytest.raises(TypeError, match="registered"):
        audit.record(word)
    assert not AuditEntry.objects.exists()


def test_the_key_is_written_and_the_caption_shown(db):
    entry = audit.record(SystemVerb.LOGIN)
    stored = AuditEntry.objects.values_list("action", flat=True).get()
    assert (stored, entry.verb, entry.caption, str(entry)) == ("user.login", "user.login", "登录", "1 登录 ")


def test_keys_are_a_kind_and_an_act():
    for verb in (verb for enum in ENUMS for verb in enum):
        kind, act = verb.value.split(".")
        assert (kind + act).replace("_", "").isalpha(), verb
        assert (kind + act).isascii(), verb


def test_each_app_has_registered_its_enum():
    """No verb is left out, and no app has a second enum."""
    own = {enum for enum in Verb.__subclasses__() if not enum.__module__.startswith("tests.")}
    assert own == set(ENUMS)
    assert {apps.get_containing_app_config(enum.__module__).label for enum in ENUMS} == {
        "riskcontrol",
        "departments",
        "riskpoints",
        "rules",
        "participation",
        "powers",
        "regulations",
        "library",
        "campaign",
        "oversight",
    }
    assert all(verbs.is_registered(verb) for enum in ENUMS for verb in enum)


def test_every_act_that_leaves_a_decision_has_its_verb():
    assert {verb.value: action.value for verb, action in DECISIONS.items()} == {
        "version.submit": "submit",
        "version.recall": "recall",
        "version.return": "return",
        "version.approve": "approve",
        "version.confirm": "confirm",
        "version.discard": "discard",
        "version.record": "record",
        "version.compare": "compare",
        "version.mismatch": "mismatch",
    }


def test_two_apps_cannot_have_the_same_key_or_the_same_former_caption():
    with pytest.raises(ValueError, match="already"):
        verbs.register(StrangeVerb, former={})
    words = verbs._Words()
    words.add([SystemVerb.LOGIN, SystemVerb.LOGOUT], {"登录": SystemVerb.LOGIN})
    with pytest.raises(ValueError, match="already"):
        words.add([], {"登录": SystemVerb.LOGOUT})


@pytest.fixture
def old_entry(db):
    """Return an entry as it was written before there were keys."""
    entry = audit.record(SystemVerb.BACKED_UP, detail={"校验值": "ab" * 32})
    falsify(entry, action="备份")
    return AuditEntry.objects.get()


def test_an_entry_with_a_caption_is_found_and_read_by_its_key(old_entry):
    entries = AuditEntry.objects
    assert (old_entry.action, old_entry.verb, old_entry.caption) == ("备份", "backup.make", "备份")
    assert old_entry.said(SystemFact.FILE_HASH) == "ab" * 32
    assert list(entries.of(SystemVerb.BACKED_UP)) == [old_entry] == list(entries.not_of(SystemVerb.LOGIN))
    assert not entries.of(SystemVerb.LOGIN).exists()
    assert not entries.not_of(SystemVerb.BACKED_UP).exists()
    assert list(entries.stating(SystemFact.FILE_HASH, "ab" * 32)) == [old_entry]
    assert not entries.stating(SystemFact.FILE_HASH, "cd" * 32).exists()


def test_an_entry_with_a_key_is_found_in_the_same_way(db):
    entry = audit.record(SystemVerb.BACKED_UP, detail={SystemFact.FILE_HASH: "ab" * 32})
    assert entry.detail == {"file_hash": "ab" * 32}
    assert list(AuditEntry.objects.of(SystemVerb.BACKED_UP).stating(SystemFact.FILE_HASH, "ab" * 32)) == [entry]


def test_former_captions_lead_to_one_key():
    assert verbs.stored(OrganisationVerb.RESET_PASSWORD) == sorted(["user.reset_password", "重置密码", "重置口令"])
    assert verbs.stored(RegisterVerb.SCAN_VIEW) == sorted(["scan.view", "查看签字扫描件", "下载签字扫描件"])


def test_an_unknown_word_is_shown_as_it_is():
    """Its app is gone, its entries stay."""
    assert (verbs.key_of("某个插件的事项"), verbs.caption("某个插件的事项")) == ("某个插件的事项", "某个插件的事项")
    assert verbs.stored("某个插件的事项") == ["某个插件的事项"]


def test_who_did_something_last_is_told_by_old_entries_as_well(old_entry):
    falsify(old_entry, actor_number="7", object_type="riskcontrol.auditentry", object_id="1")
    assert audit.last_hand(AuditEntry, [1], verbs=[SystemVerb.BACKED_UP]) == "7"
    assert audit.last_hand(AuditEntry, [1], verbs=[SystemVerb.LOGIN]) == ""
