#include "storage/postgres_connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "storage/postgres_link.hpp"
#include "storage/postgres_values.hpp"

namespace tickstock {
namespace {

/// Statements on their way at once: enough to hide the way to the server.
constexpr std::size_t pipeline_rows = 500;

class PostgresConnection final : public SqlConnection {
public:
    PostgresConnection(PostgresLink link, PostgresConnectionOptions options)
        : link_(std::move(link)), options_(options) {}

    Dialect dialect() const override { return Dialect::Postgres; }
    std::string name() const override { return link_.name(); }
    Result<SqlDone, SqlError> connect() override;
    Result<std::vector<SqlRow>, SqlError> query(SqlText sql,
                                                std::span<const SqlValue> values) override;
    Result<SqlDone, SqlError> execute(SqlText sql, std::span<const SqlValue> values) override;
    Result<SqlDone, SqlError> execute_each(SqlText sql, std::span<const SqlRow> rows) override;
    Result<SqlDone, SqlError> begin() override { return execute("BEGIN", {}); }
    Result<SqlDone, SqlError> commit() override;
    void roll_back() override;

private:
    using Answer = PostgresLink::Answer;
    Result<SqlDone, SqlError> set(const char* setting, Nanos value);
    Result<const std::string*, SqlError> prepared(SqlText sql);
    Result<Answer, SqlError> run(SqlText sql, std::span<const SqlValue> values);
    Result<SqlDone, SqlError> run_some(const std::string& statement, std::span<const SqlRow> rows);
    Result<std::uint64_t, SqlError> take_some(std::size_t count);
    SqlError nul() const {
        return {SqlError::Kind::Refused,
                fmt::format("{}: a text holds a NUL, which PostgreSQL cannot keep", name())};
    }

    PostgresLink link_;
    const PostgresConnectionOptions options_;
    std::unordered_map<const char*, std::string> prepared_;  // by literal: the server's name for it
    PostgresArguments arguments_;
};

Result<SqlDone, SqlError> PostgresConnection::connect() {
    if (link_.is_connected()) {
        return SqlDone{};
    }
    prepared_.clear();
    if (auto failed = link_.connect()) {
        return std::move(*failed);
    }
    if (const auto done = set("statement_timeout", options_.statement_timeout); !done) {
        return done;
    }
    if (const auto done = set("lock_timeout", options_.lock_timeout); !done) {
        return done;
    }
    if (options_.read_only) {
        return execute("SET default_transaction_read_only = on", {});
    }
    return SqlDone{};
}

Result<SqlDone, SqlError> PostgresConnection::set(const char* setting, Nanos value) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
    const SqlRow values{std::string(setting), std::to_string(ms)};
    const auto done = query("SELECT set_config($1, $2, false)", values);
    return done ? Result<SqlDone, SqlError>(SqlDone{}) : done.error();
}

Result<const std::string*, SqlError> PostgresConnection::prepared(SqlText sql) {
    if (!link_.is_connected()) {
        return link_.unreachable();
    }
    if (const auto known = prepared_.find(sql.text); known != prepared_.end()) {
        return &known->second;
    }
    std::string name = "s" + std::to_string(prepared_.size());
    if (PQsendPrepare(link_.session(), name.c_str(), sql.text, 0, nullptr) == 0) {
        return link_.lose();
    }
    if (auto failed = link_.finish()) {
        return std::move(*failed);
    }
    return &prepared_.emplace(sql.text, std::move(name)).first->second;
}

Result<PostgresConnection::Answer, SqlError> PostgresConnection::run(
    SqlText sql, std::span<const SqlValue> values) {
    const auto statement = prepared(sql);
    if (!statement) {
        return statement.error();
    }
    if (!arguments_.set(values)) {
        return nul();
    }
    if (PQsendQueryPrepared(link_.session(), (*statement)->c_str(), arguments_.count(),
                            arguments_.data(), nullptr, nullptr, 0) == 0) {
        return link_.lose();
    }
    auto answer = link_.next();
    if (!answer) {
        return answer;
    }
    auto failed = link_.failure_of(answer->get());
    if (link_.is_connected()) {
        if (auto later = link_.finish(); later && !failed) {
            failed = std::move(later);
        }
    }
    if (failed) {
        return std::move(*failed);
    }
    return answer;
}

Result<std::vector<SqlRow>, SqlError> PostgresConnection::query(SqlText sql,
                                                                std::span<const SqlValue> values) {
    const auto answer = run(sql, values);
    if (!answer) {
        return answer.error();
    }
    const PGresult* const found = answer->get();
    std::vector<SqlRow> rows(static_cast<std::size_t>(PQntuples(found)));
    const int columns = PQnfields(found);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (int column = 0; column < columns; ++column) {
            rows[row].push_back(postgres_value(found, static_cast<int>(row), column));
        }
    }
    return rows;
}

Result<SqlDone, SqlError> PostgresConnection::execute(SqlText sql,
                                                      std::span<const SqlValue> values) {
    const auto answer = run(sql, values);
    return answer ? Result<SqlDone, SqlError>(SqlDone{postgres_changed(answer->get())})
                  : answer.error();
}

Result<SqlDone, SqlError> PostgresConnection::commit() {
    const auto answer = run("COMMIT", {});
    if (!answer) {
        return answer.error();
    }
    if (std::strcmp(PQcmdStatus(answer->get()), "COMMIT") != 0) {
        return SqlError{SqlError::Kind::Refused,
                        fmt::format("{}: a statement before had failed, nothing was kept", name())};
    }
    return SqlDone{};
}

void PostgresConnection::roll_back() {
    if (link_.is_connected() && PQtransactionStatus(link_.session()) != PQTRANS_IDLE &&
        !execute("ROLLBACK", {})) {
        link_.lose("cannot end a transaction");
    }
}

Result<SqlDone, SqlError> PostgresConnection::execute_each(SqlText sql,
                                                           std::span<const SqlRow> rows) {
    const auto statement = prepared(sql);
    if (!statement) {
        return statement.error();
    }
    if (PQenterPipelineMode(link_.session()) == 0) {
        return link_.lose();
    }
    SqlDone all;
    while (!rows.empty()) {
        const auto some = rows.first(std::min(rows.size(), pipeline_rows));
        const auto done = run_some(**statement, some);
        if (!done) {
            if (link_.is_connected() && PQexitPipelineMode(link_.session()) == 0) {
                link_.lose();
            }
            return done;
        }
        all.changed += done->changed;
        rows = rows.subspan(some.size());
    }
    if (PQexitPipelineMode(link_.session()) == 0) {
        return link_.lose();
    }
    return all;
}

Result<SqlDone, SqlError> PostgresConnection::run_some(const std::string& statement,
                                                       std::span<const SqlRow> rows) {
    std::size_t sent = 0;
    bool has_nul = false;
    for (const SqlRow& row : rows) {
        if (!arguments_.set(row)) {
            has_nul = true;
            break;
        }
        if (PQsendQueryPrepared(link_.session(), statement.c_str(), arguments_.count(),
                                arguments_.data(), nullptr, nullptr, 0) == 0) {
            return link_.lose();
        }
        ++sent;
    }
    if (PQpipelineSync(link_.session()) == 0) {
        return link_.lose();
    }
    const auto changed = take_some(sent);
    if (!changed) {
        return changed.error();
    }
    if (has_nul) {
        return nul();
    }
    return SqlDone{*changed};
}

/// The answers of `count` statements and of the sync behind them; the first failure stands for all.
Result<std::uint64_t, SqlError> PostgresConnection::take_some(std::size_t count) {
    std::optional<SqlError> failed;
    std::uint64_t changed = 0;
    for (;;) {
        const auto answer = link_.next();
        if (!answer) {
            return answer.error();
        }
        if (*answer == nullptr) {
            continue;  // the end of one statement's
        }
        const auto status = PQresultStatus(answer->get());
        if (status == PGRES_PIPELINE_SYNC) {
            break;
        }
        if (status == PGRES_PIPELINE_ABORTED) {
            continue;  // behind a failure
        }
        if (auto one = link_.failure_of(answer->get())) {
            if (!link_.is_connected()) {
                return std::move(*one);
            }
            failed = failed ? std::move(failed) : std::move(one);
            continue;
        }
        changed += postgres_changed(answer->get());
        TS_ASSERT(count-- > 0);
    }
    if (failed) {
        return std::move(*failed);
    }
    return changed;
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> open_postgres_connection(const std::string& url,
                                                                const std::string& password,
                                                                PostgresConnectionOptions options) {
    PostgresLink link(url, password, options);
    if (auto failed = link.read_url()) {
        return std::move(*failed);
    }
    return std::unique_ptr<SqlConnection>(
        std::make_unique<PostgresConnection>(std::move(link), options));
}

}  // namespace tickstock
