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
