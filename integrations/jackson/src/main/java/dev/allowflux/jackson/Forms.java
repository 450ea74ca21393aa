package dev.allowflux.jackson;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.Page;
import dev.allowflux.model.SinglePageReason;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.util.StdConverter;

/** How the values look that the API itself has no JSON for, or only within an envelope. */
final class Forms {
  private Forms() {}

  /** Names in the style of the API; what is null is left out. */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  abstract static class SnakeCase {}

  @JsonSerialize(converter = FromPage.class)
  @JsonDeserialize(converter = ToPage.class)
  abstract static class OfPage {}

  @JsonSerialize(converter = FromReport.class)
  @JsonDeserialize(converter = ToReport.class)
  abstract static class OfReport {}

  @JsonSerialize(converter = FromError.class)
  @JsonDeserialize(converter = ToError.class)
  abstract static class OfError {}

  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PageForm(
      @Nullable List<AllowPolicy> policies,
      int number,
      int perPage,
      @Nullable Long totalCount,
      int duplicates,
      boolean last,
      @Nullable TraversalPosition position,
      @Nullable TraversalReport report) {}

  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ReportForm(
      @Nullable Long expected,
      long seen,
      long matched,
      long duplicates,
      long pages,
      boolean drift,
      boolean complete,
      long fences,
      long failedFences,
      long pagesReadTwice,
      @Nullable SinglePageReason singlePageReason) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Source(@Nullable String pointer) {}

  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ErrorForm(
      long code,
      @Nullable String message,
      @Nullable Source source,
      @Nullable String documentationUrl,
      @Nullable List<ApiError> errorChain) {}

  static final class FromPage extends StdConverter<Page, PageForm> {
    @Override
    public PageForm convert(Page page) {
      return new PageForm(
          page.policies(),
          page.number(),
          page.perPage(),
          page.totalCount(),
          page.duplicates(),
          page.last(),
          page.position(),
          page.report());
    }
  }

  static final class ToPage extends StdConverter<PageForm, Page> {
    @Override
    public Page convert(PageForm form) {
      if (form.policies() == null || form.report() == null) {
        throw new IllegalArgumentException("a page needs policies and report");
      }
      return Page.builder(form.policies(), form.report())
          .number(form.number())
          .perPage(form.perPage())
          .totalCount(form.totalCount())
          .duplicates(form.duplicates())
          .last(form.last())
          .position(form.position())
          .build();
    }
  }

  static final class FromReport extends StdConverter<TraversalReport, ReportForm> {
    @Override
    public ReportForm convert(TraversalReport report) {
      return new ReportForm(
          report.expected(),
          report.seen(),
          report.matched(),
          report.duplicates(),
          report.pages(),
          report.drift(),
          report.complete(),
          report.fences(),
          report.failedFences(),
          report.pagesReadTwice(),
          report.singlePageReason());
    }
  }

  static final class ToReport extends StdConverter<ReportForm, TraversalReport> {
    @Override
    public TraversalReport convert(ReportForm form) {
      return TraversalReport.builder()
          .expected(form.expected())
          .seen(form.seen())
          .matched(form.matched())
          .duplicates(form.duplicates())
          .pages(form.pages())
          .drift(form.drift())
          .complete(form.complete())
          .fences(form.fences())
          .failedFences(form.failedFences())
          .pagesReadTwice(form.pagesReadTwice())
          .singlePageReason(form.singlePageReason())
          .build();
    }
  }

  static final class FromError extends StdConverter<ApiError, ErrorForm> {
    @Override
    public ErrorForm convert(ApiError error) {
      return new ErrorForm(
          error.code(),
          error.message(),
          error.pointer() == null ? null : new Source(error.pointer()),
          error.documentationUrl(),
          error.chain().isEmpty() ? null : error.chain());
    }
  }

  static final class ToError extends StdConverter<ErrorForm, ApiError> {
    @Override
    public ApiError convert(ErrorForm form) {
      return new ApiError(
          form.code(),
          form.message() == null ? "" : form.message(),
          form.source() == null ? null : form.source().pointer(),
          form.documentationUrl(),
          form.errorChain() == null ? List.of() : form.errorChain());
    }
  }
}
