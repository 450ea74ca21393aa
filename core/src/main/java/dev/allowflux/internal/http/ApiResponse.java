package dev.allowflux.internal.http;

import dev.allowflux.internal.text.SecretMask;
import java.util.Objects;

/** A response whose body is a borrowed slice: valid while it is being read, and no longer. */
public final class ApiResponse {
  private final int status;
  private final ResponseHeaders headers;
  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final SecretMask mask;

  /**
   * Makes a response of a slice of an array, which is not copied.
   *
   * @param status the HTTP status
   * @param headers the headers that matter
   * @param bytes holds the body
   * @param offset where the body begins
   * @param length how many bytes it has, 0 if there is none
   * @throws IndexOutOfBoundsException if the slice is not within the array
   */
  public ApiResponse(int status, ResponseHeaders headers, byte[] bytes, int offset, int length) {
    this(status, headers, bytes, offset, length, SecretMask.NONE);
  }

  /**
   * Makes a response that may repeat secrets of its request.
   *
   * @param status the HTTP status
   * @param headers the headers that matter
   * @param bytes holds the body
   * @param offset where the body begins
   * @param length how many bytes it has, 0 if there is none
   * @param mask hides the secrets in whatever is kept of the response
   * @throws IndexOutOfBoundsException if the slice is not within the array
   */
  public ApiResponse(
      int status, ResponseHeaders headers, byte[] bytes, int offset, int length, SecretMask mask) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.mask = mask;
  }

  /**
   * Returns the HTTP status.
   *
   * @return the status as it came
   */
  public int status() {
    return status;
  }

  /**
   * Returns the headers that matter.
   *
   * @return the headers
   */
  public ResponseHeaders headers() {
    return headers;
  }

  /**
   * Returns the array that holds the body.
   *
   * @return the array itself
   */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * Returns where the body begins.
   *
   * @return an index of the array
   */
  public int offset() {
    return offset;
  }

  /**
   * Returns how long the body is.
   *
   * @return a number of bytes
   */
  public int length() {
    return length;
  }

  /** Hides the secrets of the request. */
  SecretMask mask() {
    return mask;
  }
}
