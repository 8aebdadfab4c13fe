"""What a test does past the program, and what verify_register finds of it."""

from django.db import connection

from riskpoints.evidence.verification import verify_register


def run(sql, *values) -> None:
    """Do what somebody with the database's password could."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def faults() -> list[str]:
    """Return what verify_register finds, a line for each place."""
    return [f"{fault.about}：{fault.reason}" for fault in verify_register()]


def faults_of_rows() -> list[str]:
    """The same, but for the triggers that a test took away."""
    return [line for line in faults() if "数据库保护" not in line]
