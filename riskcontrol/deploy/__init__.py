"""Setting it up on a server: what gunicorn, systemd, nginx and logrotate read, and how it gets there."""
