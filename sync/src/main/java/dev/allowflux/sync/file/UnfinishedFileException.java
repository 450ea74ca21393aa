package dev.allowflux.sync.file;

import java.io.IOException;

/**
 * An unfinished part of an earlier run was found and not touched: either no choice was made about
 * what is to happen to it, or it cannot be resumed.
 *
 * @since 0.1
 */
public final class UnfinishedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient boolean resumable;

  UnfinishedFileException(String message, boolean resumable) {
    super(message);
    this.resumable = resumable;
  }

  /**
   * Tells whether {@link ResumableFile.Unfinished#RESUME} may help; {@link
   * ResumableFile.Unfinished#DISCARD} always does.
   *
   * @return false if the part is of another job, was changed, or its checkpoint is damaged
   */
  public boolean isResumable() {
    return resumable;
  }
}
