"""How passwords are hashed: Argon2id, a few at a time; and one-time passwords, which are random, with less work.

A flood of logins would else take the memory and the processors of all other pages (issue 17): so each hash takes
OWASP's 19 MiB, and at most two are made at once on this machine. Who has to wait too long for a turn gets 503 and is no
failed login; neither is a right password that could not be checked for want of memory.
"""

from contextlib import AbstractContextManager, suppress

from argon2 import PasswordHasher, Type, exceptions, extract_parameters
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher

from riskcontrol import turns
from riskcontrol.web.trouble import CrowdedError

# OWASP's least for Argon2id. A one-time password has about 70 random bits (services.one_time_password): nobody finds
# it by trying, whatever a try costs; one that a person chose has far fewer.
ONE_TIME = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
# As many at once, by all processes together; so many more wait for a turn, and for so many seconds. The server has
# eight threads (riskcontrol/deploy/server.py): some are always left for people at work.
AT_ONCE, IN_LINE, PATIENCE = 2, 3, 2.0


class Argon2Hasher(Argon2PasswordHasher):
    """Django's hasher with OWASP's memory and more rounds, which knows one-time passwords, and says no only to a
    password that is wrong."""

    time_cost, memory_cost, parallelism = 5, 19 * 1024, 1

    def encode(self, password: str, salt: str) -> str:
        """The hash. CrowdedError where there is no turn or no memory for it now."""
        with _turn():
            try:
                return str(super().encode(password, salt))
            except exceptions.HashingError as error:
                raise CrowdedError from error

    def encode_one_time(self, password: str, salt: str) -> str:
        """The hash of a one-time password; it is checked like any other."""
        hasher = PasswordHasher(
            time_cost=ONE_TIME["time_cost"],
            memory_cost=ONE_TIME["memory_cost"],
            parallelism=ONE_TIME["parallelism"],
            type=Type.ID,
        )
        return f"{self.algorithm}{hasher.hash(password, salt=salt.encode())}"

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is right. How long it takes tells nobody whose one-time password was never used.

        CrowdedError where that could not be found out.
        """
        with _turn():
            is_right = _is_right(password, encoded)
            if _is_one_time(encoded):
                self._spend(self.time_cost - ONE_TIME["time_cost"])
        return is_right

    def _spend(self, rounds: int) -> None:
        """Work as long as so many rounds take."""
        hasher = PasswordHasher(
            time_cost=rounds, memory_cost=self.memory_cost, parallelism=self.parallelism, type=Type.ID
        )
        with suppress(exceptions.HashingError):
            hasher.hash("")

    def must_update(self, encoded: str) -> bool:
        """A one-time password is changed by its owner at the first login: hashing it anew would be for nothing."""
        return not _is_one_time(encoded) and bool(super().must_update(encoded))


def _is_right(password: str, encoded: str) -> bool:
    try:
        return bool(PasswordHasher().verify("$" + encoded.split("$", 1)[1], password))
    except (exceptions.VerifyMismatchError, exceptions.InvalidHashError):
        return False
    except exceptions.VerificationError as error:  # which Django takes for a wrong password
        raise CrowdedError from error


def _turn() -> AbstractContextManager[None]:
    return turns.taken("hashing", at_once=AT_ONCE, in_line=IN_LINE, patience=PATIENCE)


def _is_one_time(encoded: str) -> bool:
    found = extract_parameters("$" + encoded.split("$", 1)[1])
    return {name: getattr(found, name) for name in ONE_TIME} == ONE_TIME


def hash_one_time(password: str) -> str:
    """The hash of a random one-time password, quick enough for a whole school at once."""
    hasher = get_hasher()
    encode = getattr(hasher, "encode_one_time", hasher.encode)  # tests hash more cheaply still
    return str(encode(password, hasher.salt()))
