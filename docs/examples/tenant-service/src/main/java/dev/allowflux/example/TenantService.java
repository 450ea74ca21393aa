package dev.allowflux.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A service through which several tenants manage their allow policies. */
@SpringBootApplication
class TenantService {

  /**
   * Starts the service.
   *
   * @param arguments properties such as {@code --server.port=8081}
   */
  public static void main(String[] arguments) {
    SpringApplication.run(TenantService.class, arguments);
  }
}
