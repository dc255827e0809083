"""Map files that an agency lies under the map: opened read-only, bounded, never fetched from anywhere.

    mbtiles     MBTiles 1.3 with raster tiles, a SQLite file

A file may come from anywhere, so it is taken as hostile: no size that it states is believed, no statement but the ones
here is run on it, and what takes too long is given up. Pictures are decoded by the windows (`app/views/map/tiles.py`).
"""
