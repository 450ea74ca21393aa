package dev.allowflux.simulator.internal.exchange;

import org.jspecify.annotations.Nullable;

/** A request is refused: the content of the failure envelope. Ordinary control flow: no trace. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;
  private final @Nullable String pointer;
  private final int chainedCode;

  private Refusal(int status, int code, String message, @Nullable String pointer, int chainedCode) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.pointer = pointer;
    this.chainedCode = chainedCode;
  }

  /** A refusal with the code that belongs to the status: 10400 for 400, and so on. */
  public static Refusal of(int status, String message) {
    return new Refusal(status, 10_000 + status, message, null, 0);
  }

  public static Refusal of(int status, int code, String message) {
    return new Refusal(status, code, message, null, 0);
  }

  public static Refusal badHeader(String message) {
    return new Refusal(400, 6003, "Invalid request headers: " + message, null, 6103);
  }

  public static Refusal badRequest(String pointer, String message) {
    return new Refusal(400, 10_400, message, pointer, 0);
  }

  public static Refusal unknownPolicy(String id, @Nullable String pointer) {
    return new Refusal(404, 10_404, "allow policy " + id + " does not exist", pointer, 0);
  }

  public int status() {
    return status;
  }

  public int code() {
    return code;
  }

  public String message() {
    return String.valueOf(getMessage());
  }

  public @Nullable String pointer() {
    return pointer;
  }

  /** The code in {@code error_chain}, or 0 for none. */
  public int chainedCode() {
    return chainedCode;
  }
}
