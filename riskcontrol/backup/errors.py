"""What keeps a backup or a restore from being done; the message is Chinese and says what to do."""


class BackupError(Exception):
    """Nothing was made, nothing was changed."""
