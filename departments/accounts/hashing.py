"""How passwords are hashed: Argon2id, and one-time passwords, which are random, with less work than chosen ones."""

from argon2 import PasswordHasher, Type, extract_parameters
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher

# OWASP's least for Argon2id. A one-time password has about 70 random bits (services.one_time_password): nobody finds
# it by trying, whatever a try costs; one that a person chose has far fewer.
ONE_TIME = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}


class Argon2Hasher(Argon2PasswordHasher):
    """Django's hasher, which knows one-time passwords and takes as long to check them as any other."""

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
        """Whether the password is right. How long it takes tells nobody whose one-time password was never used."""
        is_right = bool(super().verify(password, encoded))
        if _is_one_time(encoded):
            self.encode(password, self.salt())
        return is_right

    def must_update(self, encoded: str) -> bool:
        """A one-time password is changed by its owner at the first login: hashing it anew would be for nothing."""
        return not _is_one_time(encoded) and bool(super().must_update(encoded))


def _is_one_time(encoded: str) -> bool:
    found = extract_parameters("$" + encoded.split("$", 1)[1])
    return {name: getattr(found, name) for name in ONE_TIME} == ONE_TIME


def hash_one_time(password: str) -> str:
    """The hash of a random one-time password, quick enough for a whole school at once."""
    hasher = get_hasher()
    encode = getattr(hasher, "encode_one_time", hasher.encode)  # tests hash more cheaply still
    return str(encode(password, hasher.salt()))
