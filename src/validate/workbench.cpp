#include "validate/workbench.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "validate/integration_run.hpp"
#include "validate/live_run.hpp"

namespace tickstock::validate {

namespace fs = std::filesystem;

Workbench::Workbench(Options options, Config config, const Clock& clock, std::string folder)
    : options_(std::move(options)),
      config_(std::move(config)),
      clock_(clock),
      folder_(std::move(folder)) {}

Workbench::~Workbench() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Result<std::unique_ptr<Workbench>> Workbench::create(Options options, Config config,
                                                     const Clock& clock) {
    std::error_code failed;
    std::string pattern = (fs::temp_directory_path(failed) / "tickstock-validate-XXXXXX").string();
    if (failed || ::mkdtemp(pattern.data()) == nullptr) {
        return Error{"a temporary folder is needed (TMPDIR): " +
                     (failed ? failed.message() : std::string(std::strerror(errno)))};
    }
    std::unique_ptr<Workbench> bench(
        new Workbench(std::move(options), std::move(config), clock, pattern));
    if (!bench->options_.config_directory.empty()) {
        fs::copy(bench->options_.config_directory, bench->path("config"),
                 fs::copy_options::recursive, failed);
        if (failed) {
            return Error{bench->options_.config_directory +
                         ": cannot be copied: " + failed.message()};
        }
    }
    return bench;
}

const std::vector<std::string>& Workbench::replaced_settings() {
    static const std::vector<std::string> replaced{
        "server.address=127.0.0.1",
        "server.tls_certificate_file=",
        "server.tls_key_file=",
        "auth.mode=off",
        "storage.url=sqlite",
        "monitoring.webhook_urls=",
        "source.files=",
        // The run's clients come from one address, and faster than people.
        "server.connections_per_second_per_address=1000",
    };
    return replaced;
}

std::vector<std::string> Workbench::config_arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments;
    if (!options_.config_directory.empty()) {
        arguments = {"--config", path("config")};
    }
    for (const auto* settings : {&options_.settings, &replaced_settings(), &more}) {
        for (const std::string& setting : *settings) {
            arguments.insert(arguments.end(), {"--set", setting});
        }
    }
    return arguments;
}

std::vector<std::string> Workbench::server_arguments(const std::string& data,
                                                     const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = config_arguments(more);
    arguments.insert(arguments.end(), {"--data", data, "--web", path("no-dashboard")});
    return arguments;
}

std::vector<std::string> Workbench::push_server_arguments(const std::string& data,
                                                          std::vector<std::string> more) const {
    more.insert(more.begin(), {"source.names=push", "source.clock=event"});
    return server_arguments(data, more);
}

const LiveRun& Workbench::live() {
    if (!live_) {
        live_ = std::make_unique<LiveRun>(run_live(*this));
    }
    return *live_;
}

const IntegrationRun& Workbench::integration() {
    if (!integration_) {
        integration_ = std::make_unique<IntegrationRun>(run_integration(*this));
    }
    return *integration_;
}

}  // namespace tickstock::validate
