package org.wgjvm.core.noise;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * The naive twin of the handshake: the formulas of the paper, sections 5.4 to 5.4.5, written down one by one in its own notation, with
 * Bouncy Castle's primitives and nothing of ours. It has no defences and no states.
 */
final class PaperHandshake {
    static final byte[] CONSTRUCTION = ascii("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s");
    static final byte[] IDENTIFIER = ascii("WireGuard v1 zx2c4 Jason@zx2c4.com");
    static final byte[] LABEL_MAC1 = ascii("mac1----");
    static final byte[] EPSILON = {};

    /** Static and ephemeral private keys of this side; public static key of the other. */
    private final byte[] s;
    private final byte[] e;
    private final byte[] otherS;
    private final byte[] q;

    private byte[] c;
    private byte[] h;
    private byte[] otherE;

    /** The key this side sends with, and the one it receives with. */
    byte[] sending;
    byte[] receiving;

    /** The static key that an initiation named, and its timestamp. */
    byte[] claimedStatic;
    byte[] timestamp;
    int otherIndex;

    /** {@code q} is the preshared key, all zero if there is none. */
    PaperHandshake(byte[] s, byte[] e, byte[] otherS, byte[] q) {
        this.s = s;
        this.e = e;
        this.otherS = otherS;
        this.q = q;
    }

    byte[] initiation(int index, byte[] now) {
        c = hash(CONSTRUCTION);
        h = hash(c, IDENTIFIER);
        h = hash(h, otherS);
        c = kdf(1, c, pub(e))[0];
        h = hash(h, pub(e));
        byte[][] ck = kdf(2, c, dh(e, otherS));
        c = ck[0];
        final byte[] sealedStatic = aead(ck[1], pub(s), h);
        h = hash(h, sealedStatic);
        ck = kdf(2, c, dh(s, otherS));
        c = ck[0];
        final byte[] sealedTime = aead(ck[1], now, h);
        h = hash(h, sealedTime);
        return withMacs(join(le(1), le(index), pub(e), sealedStatic, sealedTime));
    }

    void readInitiation(byte[] m) throws InvalidCipherTextException {
        checkMac1(m);
        otherIndex = ByteBuffer.wrap(m).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        otherE = Arrays.copyOfRange(m, 8, 40);
        final byte[] sealedStatic = Arrays.copyOfRange(m, 40, 88);
        final byte[] sealedTime = Arrays.copyOfRange(m, 88, 116);
        c = hash(CONSTRUCTION);
        h = hash(c, IDENTIFIER);
        h = hash(h, pub(s));
        c = kdf(1, c, otherE)[0];
        h = hash(h, otherE);
        byte[][] ck = kdf(2, c, dh(s, otherE));
        c = ck[0];
        claimedStatic = open(ck[1], sealedStatic, h);
        h = hash(h, sealedStatic);
        ck = kdf(2, c, dh(s, otherS));
        c = ck[0];
        timestamp = open(ck[1], sealedTime, h);
        h = hash(h, sealedTime);
    }

    byte[] response(int index) {
        c = kdf(1, c, pub(e))[0];
        h = hash(h, pub(e));
        c = kdf(1, c, dh(e, otherE))[0];
        c = kdf(1, c, dh(e, otherS))[0];
        final byte[][] ctk = kdf(3, c, q);
        c = ctk[0];
        h = hash(h, ctk[1]);
        final byte[] empty = aead(ctk[2], EPSILON, h);
        h = hash(h, empty);
        final byte[][] t = kdf(2, c, EPSILON);
        receiving = t[0];
        sending = t[1];
        return withMacs(join(le(2), le(index), le(otherIndex), pub(e), empty));
    }

    void readResponse(byte[] m) throws InvalidCipherTextException {
        checkMac1(m);
        otherIndex = ByteBuffer.wrap(m).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        otherE = Arrays.copyOfRange(m, 12, 44);
        final byte[] empty = Arrays.copyOfRange(m, 44, 60);
        c = kdf(1, c, otherE)[0];
        h = hash(h, otherE);
        c = kdf(1, c, dh(e, otherE))[0];
        c = kdf(1, c, dh(s, otherE))[0];
        final byte[][] ctk = kdf(3, c, q);
        c = ctk[0];
        h = hash(h, ctk[1]);
        open(ctk[2], empty, h);
        h = hash(h, empty);
        final byte[][] t = kdf(2, c, EPSILON);
        sending = t[0];
        receiving = t[1];
    }

    private byte[] withMacs(byte[] alpha) {
        final byte[] mac1 = mac(hash(LABEL_MAC1, otherS), alpha);
        return join(alpha, mac1, new byte[16]);
    }

    private void checkMac1(byte[] m) {
        final byte[] alpha = Arrays.copyOf(m, m.length - 32);
        if (!Arrays.equals(mac(hash(LABEL_MAC1, pub(s)), alpha), Arrays.copyOfRange(m, m.length - 32, m.length - 16))) {
            throw new AssertionError("mac1");
        }
    }

    static byte[] hash(byte[]... parts) {
        final byte[] in = join(parts);
        final Blake2sDigest d = new Blake2sDigest(256);
        d.update(in, 0, in.length);
        final byte[] out = new byte[32];
        d.doFinal(out, 0);
        return out;
    }

    static byte[] mac(byte[] key, byte[] in) {
        final Blake2sDigest d = new Blake2sDigest(key, 16, null, null);
        d.update(in, 0, in.length);
        final byte[] out = new byte[16];
        d.doFinal(out, 0);
        return out;
    }

    static byte[] hmac(byte[] key, byte[]... parts) {
        final byte[] in = join(parts);
        final HMac hmac = new HMac(new Blake2sDigest(256));
        hmac.init(new KeyParameter(key));
        hmac.update(in, 0, in.length);
        final byte[] out = new byte[32];
        hmac.doFinal(out, 0);
        return out;
    }

    static byte[][] kdf(int n, byte[] key, byte[] in) {
        final byte[] t0 = hmac(key, in);
        final byte[] t1 = hmac(t0, new byte[] {1});
        final byte[] t2 = hmac(t0, t1, new byte[] {2});
        final byte[] t3 = hmac(t0, t2, new byte[] {3});
        return Arrays.copyOf(new byte[][] {t1, t2, t3}, n);
    }

    static byte[] dh(byte[] scalar, byte[] point) {
        final byte[] out = new byte[32];
        X25519.scalarMult(scalar, 0, point, 0, out, 0);
        return out;
    }

    static byte[] pub(byte[] scalar) {
        final byte[] out = new byte[32];
        X25519.scalarMultBase(scalar, 0, out, 0);
        return out;
    }

    static byte[] aead(byte[] key, byte[] plain, byte[] auth) {
        try {
            return cipher(true, key, plain, auth);
        } catch (InvalidCipherTextException x) {
            throw new AssertionError(x);
        }
    }

    static byte[] open(byte[] key, byte[] sealed, byte[] auth) throws InvalidCipherTextException {
        return cipher(false, key, sealed, auth);
    }

    private static byte[] cipher(boolean seal, byte[] key, byte[] in, byte[] auth) throws InvalidCipherTextException {
        final ChaCha20Poly1305 cipher = new ChaCha20Poly1305();
        cipher.init(seal, new AEADParameters(new KeyParameter(key), 128, new byte[12], auth));
        final byte[] out = new byte[cipher.getOutputSize(in.length)];
        final int n = cipher.processBytes(in, 0, in.length, out, 0);
        cipher.doFinal(out, n);
        return out;
    }

    static byte[] le(int v) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(v).array();
    }

    static byte[] join(byte[]... parts) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] p : parts) {
            out.writeBytes(p);
        }
        return out.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
