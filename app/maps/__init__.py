"""Map files that an agency lies under the map: opened read-only, bounded, never fetched from anywhere.

    facts       what all kinds have in common
    mbtiles     MBTiles 1.3 with raster tiles, a SQLite file
    pmtiles     PMTiles 3 with raster tiles, one file of its own
    opening     which kind it is

A file may come from anywhere, so it is taken as hostile: no size that it states is believed, no statement but the ones
here is run on it, what it unpacks to is bounded, and what takes too long is given up. Pictures are decoded by the
windows (`app/views/map/tiles.py`).
"""
