"""The peers that synchronisation is measured against: PouchDB with its server, and Anki's own server and client.

Nothing of them is kept here. `peer.pouch` and `peer.anki` install them by name and digest into `out/peer_sync` when
they are not there, start them on this computer alone, and let them do the same work on the same records.
"""
