"""Make a backup, and restore one."""

from recobro.backups.operations.backup import backup
from recobro.backups.operations.restore import restore

__all__ = ["backup", "restore"]
