package stranger

import dev.allowflux.model.AccountId
import dev.allowflux.model.PolicyId
import dev.allowflux.reactor.AllowPolicyClient
import dev.allowflux.reactor.ClientSettings
import dev.allowflux.reactor.Credential
import dev.allowflux.simulator.ApiSimulator
import java.time.Duration
import kotlinx.coroutines.flow.count
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.reactor.awaitSingle
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class CoroutinesTest {

    @Test
    fun `a listing is a flow and a call suspends`() = runBlocking {
        ApiSimulator.builder().policies(2500).start().use { api ->
            val settings = ClientSettings.builder(Credential.apiToken(api.token()))
                .baseUrl(api.baseUrl())
                .timeouts { it.operation(Duration.ofMinutes(1)) }
                .build()
            AllowPolicyClient.create(settings).use { client ->
                val account = AccountId(api.accountId())
                assertEquals(2500, client.list(account).asFlow().count())
                val first = client.list(account).asFlow().first()
                assertEquals(first, client.get(account, PolicyId(first.id().value())).awaitSingle())
            }
        }
    }
}
