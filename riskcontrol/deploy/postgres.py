"""A PostgreSQL on this machine for the register: one account that owns its two databases and nothing else."""

import secrets
from pathlib import Path

from riskcontrol.deploy.machine import SYSTEMD, Machine

# The second database is where each backup is tried out, so that the account need not be allowed to make databases.
_SQL = """
SELECT 'CREATE ROLE {user} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') \\gexec
ALTER ROLE {user} PASSWORD '{password}';
SELECT 'CREATE DATABASE {user} OWNER {user} TEMPLATE template0 ENCODING ''UTF8'''
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{user}') \\gexec
SELECT 'CREATE DATABASE {user}_scratch OWNER {user} TEMPLATE template0 ENCODING ''UTF8'''
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{user}_scratch') \\gexec
REVOKE CONNECT ON DATABASE {user}, {user}_scratch FROM PUBLIC;
"""


def make(machine: Machine, user: str) -> tuple[str, str]:
    """Start the server, make what is missing; the addresses of the register's database and of the scratch one."""
    password = secrets.token_urlsafe(24)
    if machine.is_real and not SYSTEMD.is_dir():
        machine.run(["service", "postgresql", "start"])
    else:
        machine.systemctl("enable", "--now", "postgresql.service")
    # The password goes through the input: a command line can be read by everybody on the machine.
    sql = _SQL.format(user=user, password=password)
    machine.run(
        ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"],
        user="postgres",
        input=sql,
        cwd=Path("/"),
        env={"HOME": "/"},
    )
    address = f"postgres://{user}:{password}@127.0.0.1:5432/{user}"
    return address, f"{address}_scratch"
