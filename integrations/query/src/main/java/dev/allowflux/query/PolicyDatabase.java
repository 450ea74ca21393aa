package dev.allowflux.query;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Policies in a temporary database, for queries. They are added first, by {@link #add}, and may be
 * {@linkplain #remove removed} again; the first query ends that.
 *
 * <p>The database is H2's, in a file that no other user can read, in a folder of its own. Both are
 * removed by {@link #close} and when the process ends; what a killed process leaves, a database in
 * the same place removes that is made more than a minute later. What the database sorts and does
 * not hold in memory goes to files of the JVM's own folder for temporary files, {@code
 * java.io.tmpdir}, until the result is closed. Queries run for a user of the database who may read
 * the one table and has no right to files, other databases, Java code or the system.
 *
 * <p>All methods block. They may be called by any thread, by one at a time; {@link #close} by any
 * at any time, which ends a query that is running.
 *
 * @since 0.1
 */
public final class PolicyDatabase implements Closeable {
  private static final String NAME = "cloudflare";
  private static final String TABLE = "email_security.allow_policies";
  private static final int BATCH = 1000;
  private static final int PASSWORD_BYTES = 16;
  private static final long CANCEL_AGAIN_NANOS = 1_000_000;

  /** Names as StackQL has them, in any case; nothing is logged to files. */
  private static final String SETTINGS =
      ";MODE=MySQL;DATABASE_TO_UPPER=FALSE;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"
          + ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0;DB_CLOSE_ON_EXIT=FALSE"
          + ";MAX_COMPACT_TIME=0";

  private final Driver driver;
  private final TemporaryFolder folder;
  private final String url;
  private final String adminPassword = password();
  private final String readerPassword = password();
  private final Connection admin;

  /** Held while a query begins, which for one that sorts or counts is most of its time. */
  private final ReentrantLock beginning = new ReentrantLock();

  /** Whose policies are there, so that nothing is looked for in vain. */
  private final Set<AccountId> accounts = new HashSet<>();

  private @Nullable PreparedStatement insert;
  private volatile @Nullable Connection reader;
  private volatile @Nullable Statement running;
  private int pending;
  private volatile boolean closed;

  private PolicyDatabase(Driver driver, TemporaryFolder folder) throws IOException, SQLException {
    this.driver = driver;
    this.folder = folder;
    String path = folder.path().toAbsolutePath().resolve(NAME).toString();
    if (path.indexOf(';') >= 0) {
      throw new IOException(path + ": a database cannot be in a folder with ; in its name");
    }
    url = "jdbc:h2:file:" + path;
    TemporaryFolder.createFile(folder.path().resolve(NAME + ".mv.db"));
    admin = connect(url + SETTINGS, "admin", adminPassword);
    try (Statement statement = admin.createStatement()) {
      statement.execute("CREATE SCHEMA email_security");
      statement.execute("CREATE TABLE " + TABLE + PolicyColumns.DEFINITIONS);
      statement.execute("CREATE USER reader PASSWORD '" + readerPassword + "'");
      statement.execute("GRANT SELECT ON " + TABLE + " TO reader");
    }
    admin.setAutoCommit(false);
  }

  /**
   * Makes an empty database in the JVM's folder for temporary files, with the H2 of the class path.
   *
   * @return the database, to be closed
   * @throws IOException if its file cannot be made
   * @throws IllegalStateException if there is no H2
   */
  public static PolicyDatabase create() throws IOException {
    ClassLoader loader = PolicyDatabase.class.getClassLoader();
    return create(Path.of(System.getProperty("java.io.tmpdir", ".")), requireNonNull(loader));
  }

  /**
   * Makes an empty database.
   *
   * @param parent the folder that gets the database's own
   * @param h2 the class loader that knows H2
   * @return the database, to be closed
   * @throws IOException if its file cannot be made
   * @throws IllegalStateException if there is no H2
   */
  public static PolicyDatabase create(Path parent, ClassLoader h2) throws IOException {
    Driver driver =
        ServiceLoader.load(Driver.class, h2).stream()
            .filter(provider -> provider.type().getName().equals("org.h2.Driver"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the database H2 is not there"))
            .get();
    TemporaryFolder folder = TemporaryFolder.in(requireNonNull(parent, "parent"));
    try {
      return new PolicyDatabase(driver, folder);
    } catch (SQLException e) {
      folder.close();
      throw SqlFailure.broken(e);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Returns the folder of the database.
   *
   * @return a folder that {@link #close} removes
   */
  public Path folder() {
    return folder.path();
  }

  private static String password() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private Connection connect(String address, String user, String password) throws SQLException {
    Properties login = new Properties();
    login.put("user", user);
    login.put("password", password);
    Connection connection = driver.connect(address, login);
    if (connection == null) {
      throw new SQLException("the driver does not know its own address");
    }
    return connection;
  }

  /**
   * Adds policies.
   *
   * @param account their account, or {@code null} if it is not known
   * @param policies the policies, as they are
   * @throws IOException if they cannot be stored; the database is then to be closed
   * @throws IllegalStateException after the first query
   */
  public synchronized void add(@Nullable AccountId account, List<AllowPolicy> policies)
      throws IOException {
    requireBeforeQueries();
    if (account != null && !policies.isEmpty()) {
      accounts.add(account);
    }
    try {
      PreparedStatement rows = insert;
      if (rows == null) {
        rows = admin.prepareStatement("INSERT INTO " + TABLE + PolicyColumns.VALUES);
        insert = rows;
      }
      for (AllowPolicy policy : policies) {
        PolicyColumns.set(rows, account, policy);
        rows.addBatch();
        if (++pending == BATCH) {
          store(rows);
        }
      }
    } catch (SQLException e) {
      throw SqlFailure.broken(e);
    }
  }

  /**
   * Removes the policies of an account, as those of an attempt that failed.
   *
   * @param account their account
   * @throws IOException if they cannot be removed; the database is then to be closed
   * @throws IllegalStateException after the first query
   */
  public synchronized void remove(AccountId account) throws IOException {
    requireBeforeQueries();
    PreparedStatement rows = insert;
    if (!accounts.remove(requireNonNull(account, "account")) || rows == null) {
      return;
    }
    try (PreparedStatement delete =
        admin.prepareStatement("DELETE FROM " + TABLE + " WHERE account_id = ?")) {
      store(rows);
      delete.setString(1, account.value());
      delete.executeUpdate();
      admin.commit();
    } catch (SQLException e) {
      throw SqlFailure.broken(e);
    }
  }

  private void requireBeforeQueries() {
    if (reader != null || closed) {
      throw new IllegalStateException("policies are added before the first query");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the database is closed");
    }
  }

  private void store(PreparedStatement rows) throws SQLException {
    rows.executeBatch();
    admin.commit();
    pending = 0;
  }

  /**
   * Checks a query against the table, before or after policies are added, so that nothing is
   * fetched for one that cannot run.
   *
   * @param query the query
   * @throws InputException if the query names what does not exist, or is wrong in another way; the
   *     message is one line
   * @throws IOException if the database fails
   * @throws IllegalStateException after {@link #close}
   */
  public void check(PolicyQuery query) throws IOException {
    requireNonNull(query, "query");
    beginning.lock();
    try {
      requireOpen();
      try (Connection connection = connectReader();
          PreparedStatement statement = connection.prepareStatement(query.toString())) {
        statement.getMetaData();
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } catch (StackOverflowError e) {
      throw SqlFailure.tooDeep(e);
    } finally {
      beginning.unlock();
    }
  }

  /**
   * Runs a query. The rows come as they are read, unless the query needs all of them first, as to
   * sort does.
   *
   * @param query the query
   * @return its rows, to be closed
   * @throws InputException if the query names what does not exist, or is wrong in another way; the
   *     message is one line
   * @throws IOException if the database fails
   * @throws IllegalStateException after {@link #close}
   */
  public QueryRows query(PolicyQuery query) throws IOException {
    requireNonNull(query, "query");
    beginning.lock();
    try {
      requireOpen();
      return run(query);
    } finally {
      beginning.unlock();
    }
  }

  private QueryRows run(PolicyQuery query) throws IOException {
    Connection connection;
    try {
      connection = reader();
    } catch (SQLException e) {
      throw SqlFailure.broken(e);
    }
    try {
      Statement statement = connection.createStatement();
      statement.setEscapeProcessing(false);
      running = statement;
      return new QueryRows(statement, statement.executeQuery(query.toString()));
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } catch (StackOverflowError e) {
      throw SqlFailure.tooDeep(e);
    }
  }

  private synchronized Connection reader() throws SQLException {
    Connection open = reader;
    if (open == null) {
      PreparedStatement rows = insert;
      if (rows != null) {
        store(rows);
        rows.close();
      }
      open = connectReader();
      reader = open;
    }
    return open;
  }

  private Connection connectReader() throws SQLException {
    Connection connection =
        connect(url + ";IFEXISTS=TRUE;LAZY_QUERY_EXECUTION=1", "reader", readerPassword);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SCHEMA email_security");
      statement.execute("SET TIME ZONE 'UTC'");
    }
    return connection;
  }

  /**
   * Ends a query that is running, and removes the database.
   *
   * @throws IOException if its files cannot be removed
   */
  @Override
  public void close() throws IOException {
    closed = true;
    // A connection waits with its end for that of its query.
    cancel();
    while (!beginning.tryLock()) {
      // The database takes no notice of a cancel that comes before it has parsed the query.
      LockSupport.parkNanos(CANCEL_AGAIN_NANOS);
      cancel();
    }
    try {
      Connection readers = reader;
      if (readers != null) {
        cancel();
        end(readers::close);
      }
      end(admin::close);
      folder.close();
    } finally {
      beginning.unlock();
    }
  }

  private void cancel() {
    Statement statement = running;
    if (statement != null) {
      end(statement::cancel);
    }
  }

  private interface Step {
    void run() throws SQLException;
  }

  /** The files are removed whatever fails before that. */
  private static void end(Step step) {
    try {
      step.run();
    } catch (SQLException e) {
      return;
    }
  }
}
