#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/postgres_connection.hpp"
#include "storage/sql_connection.hpp"

struct pg_conn;    // libpq's PGconn
struct pg_result;  // and PGresult

namespace tickstock {

/// libpq without its endless waits: the session is non-blocking, and each wait for the server ends
/// with the answer timeout, which loses the connection. For PostgresConnection; one thread.
class PostgresLink {
public:
    struct ResultDelete {
        void operator()(pg_result* result) const;
    };
    using Answer = std::unique_ptr<pg_result, ResultDelete>;

    PostgresLink(std::string url, std::string password, PostgresConnectionOptions options);

    /// An error: the URL cannot be read.
    std::optional<Error> read_url();
    const std::string& name() const { return name_; }

    std::optional<SqlError> connect();
    bool is_connected() const { return session_ != nullptr; }
    pg_conn* session() const { return session_.get(); }

    /// Sends what is buffered and waits for the next answer; null = the end of a statement's. An
    /// error: the connection is lost.
    Result<Answer, SqlError> next();
    /// The rest of a statement's answers up to the null, the first failure of them kept.
    std::optional<SqlError> finish();
    /// What an answer that tells a failure means; nothing when it tells none.
    std::optional<SqlError> failure_of(const pg_result* answer);
    /// Drops the connection. Unreachable, with libpq's own words when `why` is empty.
    SqlError lose(std::string_view why = {});
    SqlError unreachable() const;

private:
    struct SessionDelete {
        void operator()(pg_conn* session) const;
    };

    bool wait(short events, Nanos timeout, short& ready) const;
    std::string clean(std::string_view text) const;

    const std::string url_;
    const std::string password_;
    const PostgresConnectionOptions options_;
    std::string url_password_;
    std::string name_ = "PostgreSQL";
    std::unique_ptr<pg_conn, SessionDelete> session_;
};

}  // namespace tickstock
