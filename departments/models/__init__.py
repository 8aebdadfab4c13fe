"""The organisation: school, departments, posts and their holders, accounts and roles, the leadership group."""

from departments.models.accounts import CalendarAddress, KeptForm, LoginSession, PasswordRecord, RecoveryCode
from departments.models.group import GroupMember, LeadershipGroup
from departments.models.notices import Notice, NoticeAddress, NoticeReceipt
from departments.models.people import Actor, User, UserManager, Visitor
from departments.models.periods import ActivePeriod, ActivePeriodQuerySet, refuse_lookalike
from departments.models.posts import Appointment, Post, PostFunction
from departments.models.roles import PrincipalTerm, RoleGrant
from departments.models.structure import NOT_SET_UP, Department, School

__all__ = [
    "NOT_SET_UP",
    "ActivePeriod",
    "ActivePeriodQuerySet",
    "Actor",
    "Appointment",
    "CalendarAddress",
    "Department",
    "GroupMember",
    "KeptForm",
    "LeadershipGroup",
    "LoginSession",
    "Notice",
    "NoticeAddress",
    "NoticeReceipt",
    "PasswordRecord",
    "Post",
    "PostFunction",
    "PrincipalTerm",
    "RecoveryCode",
    "RoleGrant",
    "School",
    "User",
    "UserManager",
    "Visitor",
    "refuse_lookalike",
]
