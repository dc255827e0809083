"""The tour: the main job from end to end, by a hand that only clicks and types (`make tour`)."""
