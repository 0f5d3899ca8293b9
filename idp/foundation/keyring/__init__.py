"""The keyring owns every key: its purpose, its state (next, active, retiring, retired), its rotation and its use.

It leaves where private parts are kept to a KeyStore, and what is signed to its callers.
"""
