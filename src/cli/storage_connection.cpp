#include "cli/storage_connection.hpp"

#include "auth/secret.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/sqlite_connection.hpp"

namespace tickstock {
namespace {

constexpr Nanos page_timeout = std::chrono::seconds(5);
constexpr Nanos command_timeout = std::chrono::seconds(120);

}  // namespace

Result<std::unique_ptr<SqlConnection>> storage_connection(const StorageSettings& settings,
                                                          const std::string& data_directory,
                                                          StorageUse use) {
    const bool reads = use != StorageUse::Write;
    const Nanos timeout = use == StorageUse::Inspect ? command_timeout : page_timeout;
    if (settings.url == "off") {
        return std::unique_ptr<SqlConnection>();
    }
    if (settings.url == "sqlite") {
        SqliteConnectionOptions options;
        options.create = !reads;
        options.read_only = reads;
        if (reads) {
            options.statement_timeout = timeout;
        }
        return open_sqlite_connection(data_directory + "/storage.db", options);
    }
    PostgresConnectionOptions options;
    options.read_only = reads;
    if (reads) {
        options.statement_timeout = timeout;
        options.answer_timeout = timeout + std::chrono::seconds(5);
    }
    if (settings.password_file.empty()) {
        return open_postgres_connection(settings.url, "", options);
    }
    const auto password = read_secret_file(settings.password_file, process_environment());
    if (!password) {
        return Error{"storage.password_file: " + password.error().message};
    }
    return open_postgres_connection(settings.url, std::string(password->reveal()), options);
}

}  // namespace tickstock
