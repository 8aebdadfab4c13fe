"""Words that the school of ./run bench pages and those who visit it have to agree on."""

FLOOR = "/floor/"
RARE = "饕餮纹样"  # stands in one point of all
