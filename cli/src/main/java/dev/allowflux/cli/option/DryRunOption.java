package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.reactor.RequestPreview;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Whether a request is only shown, and how. */
public final class DryRunOption {

  /** How a request is shown. */
  enum Form {
    HTTP,
    CURL,
    HTTP_TASK;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Option(
      names = "--dry-run",
      paramLabel = "FORM",
      arity = "0..1",
      fallbackValue = "http",
      preprocessor = AttachedValue.class,
      description =
          "Print the request that would go out, and send nothing: http (default), its credential"
              + " masked; curl, a command that takes the token from the environment; http-task, the"
              + " HTTP task of a workflow definition.")
  private @Nullable Form form;

  /** Tells whether nothing is to be sent. */
  public boolean given() {
    return form != null;
  }

  /** Returns the request as it is to be shown. */
  public String text(RequestPreview request, ClientSession session) {
    return switch (form == null ? Form.HTTP : form) {
      case HTTP -> request.toHttp(session.baseUrl(), session.credential());
      case CURL -> request.toCurl(session.baseUrl(), session.credential());
      case HTTP_TASK -> request.toHttpTask(session.baseUrl(), session.credential());
    };
  }

  /** A value is one only behind an equals sign: "--dry-run ID" is the option and an argument. */
  static final class AttachedValue implements IParameterPreprocessor {
    @Override
    @SuppressWarnings("JdkObsolete") // The type is picocli's.
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
      if ("=".equals(info.get("separator"))) {
        return false;
      }
      args.push("http");
      return false;
    }
  }
}
