#include "storage/postgres_link.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tickstock {
namespace {

void no_notice(void*, const PGresult*) {}

struct OptionsDelete {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

/// By SQLSTATE, whose first two characters are the class.
SqlError::Kind kind_of(std::string_view state) {
    using Kind = SqlError::Kind;
    const std::string_view group = state.substr(0, 2);
    // Serialization, deadlock, no lock in time, statement took too long, read error of the disk.
    if (group == "40" || state == "55P03" || state == "57014" || group == "58") {
        return Kind::Busy;
    }
    if (state == "53100" || state == "53200") {  // disk, memory
        return Kind::Full;
    }
    // Connection, too many of them, the server stops or starts, it is a standby now.
    if (group == "08" || group == "53" || group == "57" || state == "25006") {
        return Kind::Unreachable;
    }
    return group == "XX" && state != "XX000" ? Kind::Damaged : Kind::Refused;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
        text.replace(at, what.size(), by);
        at += by.size();
    }
}

}  // namespace

void PostgresLink::ResultDelete::operator()(pg_result* result) const {
    PQclear(result);
}

void PostgresLink::SessionDelete::operator()(pg_conn* session) const {
    PQfinish(session);
}

PostgresLink::PostgresLink(std::string url, std::string password, PostgresConnectionOptions options)
    : url_(std::move(url)), password_(std::move(password)), options_(options) {}

std::optional<Error> PostgresLink::read_url() {
    constexpr std::string_view accepted =
        "accepted is postgresql://user@host:port/database, special characters of each part as %XX";
    if (!url_.starts_with("postgresql://") && !url_.starts_with("postgres://")) {
        return Error{
            fmt::format("the database's URL does not begin with postgresql://; {}", accepted)};
    }
    char* said = nullptr;
    const std::unique_ptr<PQconninfoOption, OptionsDelete> parts(
        PQconninfoParse(url_.c_str(), &said));
    if (parts == nullptr) {
        // libpq repeats parts of the URL, and what it takes for one may be a password.
        std::string why = said != nullptr && url_.find('@') == std::string::npos ? said : "";
        PQfreemem(said);
        while (!why.empty() && why.back() == '\n') {
            why.pop_back();
        }
        return Error{fmt::format("the database's URL cannot be read{}{}; {}",
                                 why.empty() ? "" : ": ", why, accepted)};
    }
    std::string host;
    std::string port = "5432";
    std::string database;
    std::string user;
    for (const PQconninfoOption* part = parts.get(); part->keyword != nullptr; ++part) {
        const std::string_view key = part->keyword;
        if (part->val == nullptr || part->val[0] == '\0') {
            continue;
        }
        if (key == "host" || (key == "hostaddr" && host.empty())) {
            host = part->val;
        } else if (key == "port") {
            port = part->val;
        } else if (key == "dbname") {
            database = part->val;
        } else if (key == "user") {
            user = part->val;
        } else if (key == "password") {
            url_password_ = part->val;
        }
    }
    if (port.find_first_not_of("0123456789,") != std::string::npos) {
        return Error{fmt::format("the database's URL has a port that is no number; {}", accepted)};
    }
    name_ = fmt::format("PostgreSQL database {} at {}:{}",
                        !database.empty() ? database
                        : user.empty()    ? "(default)"
                                          : user,
                        host.empty() ? "localhost" : host, port);
    return std::nullopt;
}

/// One line, without a password.
std::string PostgresLink::clean(std::string_view text) const {
    std::string line(text);
    for (const std::string& secret : {password_, url_password_}) {
        if (!secret.empty()) {
            replace_all(line, secret, "***");
        }
    }
    while (!line.empty() && line.back() == '\n') {
        line.pop_back();
    }
    replace_all(line, "\n", " ");
    return line;
}

SqlError PostgresLink::unreachable() const {
    return {SqlError::Kind::Unreachable, fmt::format("{}: is not connected", name_)};
}

SqlError PostgresLink::lose(std::string_view why) {
    std::string text(why);
    if (text.empty() && session_ != nullptr) {
        text = clean(PQerrorMessage(session_.get()));
    }
    session_.reset();
    return {SqlError::Kind::Unreachable,
            fmt::format("{}: {}", name_, text.empty() ? "the connection was lost" : text)};
}

/// False: nothing happened for so long.
bool PostgresLink::wait(short events, Nanos timeout, short& ready) const {
    pollfd one{PQsocket(session_.get()), events, 0};
    const auto wait_ms =
        static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count());
    int found = -1;
    do {
        found = ::poll(&one, 1, wait_ms);
    } while (found < 0 && errno == EINTR);
    ready = one.revents;
    return found > 0;
}

std::optional<SqlError> PostgresLink::connect() {
    if (session_ != nullptr) {
        return std::nullopt;
    }
    // The URL stands above what is before it, and below what is behind it.
    std::array<const char*, 10> keys{
        "application_name", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout", "dbname",          "client_encoding",     nullptr};
    std::array<const char*, 10> values{"tickstock", "10",         "5",    "3",
                                       "15000",     url_.c_str(), "UTF8", nullptr};
    if (!password_.empty()) {
        keys[7] = "password";
        values[7] = password_.c_str();
    }
    session_.reset(PQconnectStartParams(keys.data(), values.data(), 1));
    if (session_ == nullptr || PQstatus(session_.get()) == CONNECTION_BAD) {
        return lose();
    }
    PQsetNoticeReceiver(session_.get(), no_notice, nullptr);
    for (auto polled = PGRES_POLLING_WRITING; polled != PGRES_POLLING_OK;) {
        short ready = 0;
        const short events = polled == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
        if (polled == PGRES_POLLING_FAILED) {
            return lose();
        }
        if (!wait(events, options_.connect_timeout, ready)) {
            return lose("no answer within the connect timeout");
        }
        polled = PQconnectPoll(session_.get());
    }
    if (PQsetnonblocking(session_.get(), 1) != 0) {
        return lose();
    }
    return std::nullopt;
}

Result<PostgresLink::Answer, SqlError> PostgresLink::next() {
    if (session_ == nullptr) {
        return unreachable();
    }
    int unsent = PQflush(session_.get());
    while (unsent > 0 || (unsent == 0 && PQisBusy(session_.get()) != 0)) {
        short ready = 0;
        const short events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
        if (!wait(events, options_.answer_timeout, ready)) {
            return lose("the server has not answered within the answer timeout");
        }
        if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0 && PQconsumeInput(session_.get()) == 0) {
            return lose();
        }
        unsent = PQflush(session_.get());
    }
    if (unsent < 0) {
        return lose();
    }
    return Answer(PQgetResult(session_.get()));
}

std::optional<SqlError> PostgresLink::finish() {
    std::optional<SqlError> failed;
    for (;;) {
        const auto answer = next();
        if (!answer) {
            return answer.error();
        }
        if (*answer == nullptr) {
            return failed;
        }
        if (auto one = failure_of(answer->get()); one && !failed) {
            failed = std::move(one);
        }
        if (session_ == nullptr) {
            return failed;
        }
    }
}

std::optional<SqlError> PostgresLink::failure_of(const PGresult* answer) {
    switch (PQresultStatus(answer)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_PIPELINE_SYNC: return std::nullopt;
        default: break;
    }
    if (PQstatus(session_.get()) == CONNECTION_BAD) {
        return lose();
    }
    const char* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const auto kind = state == nullptr ? SqlError::Kind::Refused : kind_of(state);
    const char* const primary = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
    const std::string text = clean(primary != nullptr ? primary : PQresultErrorMessage(answer));
    if (kind == SqlError::Kind::Unreachable) {
        return lose(text);
    }
    return SqlError{kind,
                    fmt::format("{}: {} ({})", name_, text, state == nullptr ? "no code" : state)};
}

}  // namespace tickstock
