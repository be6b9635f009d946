/** ChaCha20-Poly1305, XChaCha20-Poly1305, BLAKE2s, HKDF, X25519 and the key types of WireGuard. */
package org.wgjvm.crypto;
