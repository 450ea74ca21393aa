package stranger;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.reactor.AllowPolicyClient;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** A service that lists the policies of an account. */
@SpringBootApplication
@RestController
class Service {
  private final AllowPolicyClient client;

  Service(AllowPolicyClient client) {
    this.client = client;
  }

  @GetMapping("/accounts/{account}/policies")
  Flux<AllowPolicy> list(@PathVariable String account) {
    return client.list(new AccountId(account));
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Service.class, arguments);
  }
}
