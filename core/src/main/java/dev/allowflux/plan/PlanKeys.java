package dev.allowflux.plan;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ed25519 keys that plans are signed with, in the PEM forms that {@code openssl genpkey -algorithm
 * ed25519} and {@code openssl pkey -pubout} write.
 *
 * @since 0.1
 */
public final class PlanKeys {
  private static final String ALGORITHM = "Ed25519";

  private static final Pattern PEM =
      Pattern.compile("\\s*-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----\\s*");

  private PlanKeys() {}

  /**
   * Reads a private key. No message of a failure has anything of the key.
   *
   * @param pem PKCS#8, {@code -----BEGIN PRIVATE KEY-----}, without a password
   * @return the key
   * @throws IllegalArgumentException if the text is anything else, in one line
   */
  public static PrivateKey privateKey(String pem) {
    byte[] bytes = decode(pem, "PRIVATE KEY", "private");
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    } catch (GeneralSecurityException e) {
      throw wrong("private", "PRIVATE KEY");
    }
  }

  /**
   * Reads a public key.
   *
   * @param pem SPKI, {@code -----BEGIN PUBLIC KEY-----}
   * @return the key
   * @throws IllegalArgumentException if the text is anything else, in one line
   */
  public static PublicKey publicKey(String pem) {
    byte[] bytes = decode(pem, "PUBLIC KEY", "public");
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(bytes));
    } catch (GeneralSecurityException e) {
      throw wrong("public", "PUBLIC KEY");
    }
  }

  private static byte[] decode(String pem, String label, String kind) {
    Matcher parts = PEM.matcher(pem);
    if (!parts.matches() || !parts.group(1).equals(label)) {
      throw wrong(kind, label);
    }
    try {
      return Base64.getMimeDecoder().decode(parts.group(2));
    } catch (IllegalArgumentException e) {
      throw wrong(kind, label);
    }
  }

  private static IllegalArgumentException wrong(String kind, String label) {
    return new IllegalArgumentException(
        "no " + kind + " Ed25519 key in PEM form (-----BEGIN " + label + "-----)");
  }

  static String sign(byte[] content, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(content);
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key cannot sign: it is no Ed25519 key", e);
    }
  }

  static boolean verify(byte[] content, String base64, PublicKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(content);
      return signature.verify(Base64.getDecoder().decode(base64));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
