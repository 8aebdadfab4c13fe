"""Every write to the organisation, each one audited with old and new values."""

from departments.services.accounts import (
    ONE_TIME_ALPHABET,
    add_account,
    change_own_password,
    create_account,
    end_own_sessions,
    never_logged_in,
    one_time_password,
    reissue_passwords,
    remove_second_factor,
    reset_password,
    set_active,
)
from departments.services.group import save_group, set_group_members, set_office_director
from departments.services.records import remove_record, require_other, save_record
from departments.services.rights import grant_role, revoke_role, save_term, set_holder
from departments.services.structure import (
    close_department,
    ensure_school,
    save_department,
    save_post,
    set_appointments,
    set_functions,
)

__all__ = [
    "ONE_TIME_ALPHABET",
    "add_account",
    "change_own_password",
    "close_department",
    "create_account",
    "end_own_sessions",
    "ensure_school",
    "grant_role",
    "never_logged_in",
    "one_time_password",
    "reissue_passwords",
    "remove_record",
    "remove_second_factor",
    "require_other",
    "reset_password",
    "revoke_role",
    "save_department",
    "save_group",
    "save_post",
    "save_record",
    "save_term",
    "set_active",
    "set_appointments",
    "set_functions",
    "set_group_members",
    "set_holder",
    "set_office_director",
]
