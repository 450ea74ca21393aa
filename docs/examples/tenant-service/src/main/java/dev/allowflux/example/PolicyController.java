package dev.allowflux.example;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.spring.boot.AllowPolicyClients;
import dev.allowflux.spring.boot.AllowPolicyClients.NamedAccount;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The policies of a tenant. */
@RestController
@RequestMapping("/tenants")
class PolicyController {
  private final AllowPolicyClients clients;

  PolicyController(AllowPolicyClients clients) {
    this.clients = clients;
  }

  @GetMapping
  Set<String> tenants() {
    return clients.accountNames();
  }

  /** Reads a page of the API when the client of this service has taken most of the one before. */
  @GetMapping(path = "/{tenant}/policies", produces = MediaType.APPLICATION_NDJSON_VALUE)
  Flux<AllowPolicy> list(@PathVariable String tenant) {
    NamedAccount account = clients.account(tenant);
    return account.client().list(account.id());
  }

  @GetMapping("/{tenant}/policies/{id}")
  Mono<AllowPolicy> get(@PathVariable String tenant, @PathVariable String id) {
    NamedAccount account = clients.account(tenant);
    return account.client().get(account.id(), new PolicyId(id));
  }

  @PostMapping("/{tenant}/policies")
  @ResponseStatus(HttpStatus.CREATED)
  Mono<AllowPolicy> create(@PathVariable String tenant, @RequestBody NewAllowPolicy policy) {
    NamedAccount account = clients.account(tenant);
    return account.client().create(account.id(), policy);
  }

  @PatchMapping("/{tenant}/policies/{id}")
  Mono<AllowPolicy> edit(
      @PathVariable String tenant, @PathVariable String id, @RequestBody AllowPolicyEdit edit) {
    NamedAccount account = clients.account(tenant);
    return account.client().edit(account.id(), new PolicyId(id), edit);
  }

  @DeleteMapping("/{tenant}/policies/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  Mono<Void> delete(@PathVariable String tenant, @PathVariable String id) {
    NamedAccount account = clients.account(tenant);
    return account.client().delete(account.id(), new PolicyId(id));
  }
}
