"""The map: a drawing of plain values that never asks the network for anything.

    contents     what is on it (`SearchMap`): the one thing that other programmes give
    projection   from degrees to pixels and back, with zoom and rotation
    ground       what lies below: the agency's map file, the degrees, the distances
    marks        bearings, fix, last-seen ring, places, track
    canvas       the surface that is dragged, turned and clicked
    summary      the same in words
    panel        `MapPanel`: canvas, buttons, words; for any programme to put into its page
    place        choosing a place on the map
    file         choosing the agency's map file

To put something new on the map: a field in `contents`, its drawing in `marks`, its words in `summary`. Nothing is
calculated here but where a thing lies on the screen.
"""
