package dev.allowflux.simulator.internal.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.Response;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The operation that lists a page of the accounts that a user may use. */
final class AccountListing {
  private static final int DEFAULT_PER_PAGE = 20;
  private static final int MIN_PER_PAGE = 5;
  private static final int MAX_PER_PAGE = 50;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<Account> accounts;

  AccountListing(List<Account> accounts) {
    this.accounts = accounts;
  }

  /**
   * Lists a page, in the order in which the accounts were added.
   *
   * @param fault changes the page, if it is a change of pages
   * @throws Refusal if a parameter is not valid
   */
  Response list(User user, String target, FaultEffect fault) {
    ListQuery.Parameters parameters = new ListQuery.Parameters(target);
    long page = parameters.number("page", 1, Integer.MAX_VALUE, 1);
    long perPage = parameters.number("per_page", MIN_PER_PAGE, MAX_PER_PAGE, DEFAULT_PER_PAGE);
    List<String> visible = accounts.stream().map(Account::id).filter(user::mayUse).toList();
    PageCut cut = PageCut.of(page, (int) perPage, fault);
    List<String> shown = visible.stream().skip(cut.offset()).limit(cut.limit()).toList();
    ObjectNode envelope = JSON.createObjectNode().put("success", true);
    envelope.putArray("errors");
    envelope.putArray("messages");
    for (String id : shown) {
      envelope
          .withArray("result")
          .addObject()
          .put("id", id)
          .put("name", "Account " + id)
          .put("type", "standard")
          .putObject("settings")
          .put("enforce_twofactor", false);
    }
    envelope.withArray("result");
    envelope
        .putObject("result_info")
        .put("count", shown.size())
        .put("page", page)
        .put("per_page", cut.perPage())
        .put("total_count", visible.size());
    return Response.json(200, envelope.toString().getBytes(UTF_8));
  }
}
