"""How much may be sent in at once: one number for the forms, for Django and for the web server in front.

Named here without Django, since the installer writes it into nginx's configuration.
"""

MEGABYTE = 1024 * 1024
# A scan of a signed form is the largest thing that is sent in.
SCAN_MEGABYTES = 20
SCAN_BYTES = SCAN_MEGABYTES * MEGABYTE
# The file of something that is registered: the text of a regulation.
ATTACHMENT_MEGABYTES = 10
ATTACHMENT_BYTES = ATTACHMENT_MEGABYTES * MEGABYTE
# What a form holds besides its files (Django's DATA_UPLOAD_MAX_MEMORY_SIZE).
FIELDS_MEGABYTES = 5
FIELDS_BYTES = FIELDS_MEGABYTES * MEGABYTE
# What the web server lets through: a scan with the fields of its form, so that Django can always say what is wrong.
REQUEST_MEGABYTES = SCAN_MEGABYTES + FIELDS_MEGABYTES
