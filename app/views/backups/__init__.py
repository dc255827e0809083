"""The vault's backups: what there is, whether it is sound, and putting one back."""
