"""Signatures of people over what they hand in: detached JWS with a certificate chain, judged without network or database.

refused       every fault, each a problem type of its own
payloads      the bytes that are signed, for each kind of thing
detached      the JWS taken apart, strictly
certificates  what a certificate says, read once
chain         from the signer to a configured root
revocation    lists of certificates taken back
trust         roots and lists from folders
verifier      the port SignatureVerifier and its implementation
mandates      whether the signer may sign for the body, by date
"""
