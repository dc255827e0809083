"""Where two people wrote different things: both are shown until a person decides."""
