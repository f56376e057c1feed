#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace tickstock::validate {

struct LiveRun;
struct IntegrationRun;

/// What all gates share: the configuration that is validated, a temporary folder that goes with
/// this object, and the arguments of child servers. One thread.
class Workbench {
public:
    struct Options {
        std::string config_directory;       ///< empty = defaults
        std::vector<std::string> settings;  ///< NAME=VALUE, as typed
        bool full = false;
    };

    /// `config` is what directory and settings give. The directory is copied, so that nothing a
    /// server writes gets into it.
    static Result<std::unique_ptr<Workbench>> create(Options options, Config config,
                                                     const Clock& clock);
    ~Workbench();
    Workbench(const Workbench&) = delete;
    Workbench& operator=(const Workbench&) = delete;

    const Config& config() const { return config_; }
    const Clock& clock() const { return clock_; }
    bool full() const { return options_.full; }

    /// A path in the temporary folder.
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    /// Arguments of a server, or of another command with the same configuration: the folder, the
    /// settings as typed, then those that the run replaces, then `more` (NAME=VALUE).
    std::vector<std::string> config_arguments(const std::vector<std::string>& more = {}) const;
    /// The same, and --data `data` --web none.
    std::vector<std::string> server_arguments(const std::string& data,
                                              const std::vector<std::string>& more = {}) const;
    /// Of a server that takes pushed rows by their own clock.
    std::vector<std::string> push_server_arguments(const std::string& data,
                                                   std::vector<std::string> more = {}) const;

    /// Settings that the run replaces in every child: no secrets, nobody else's database, no other
    /// address than loopback.
    static const std::vector<std::string>& replaced_settings();

    /// The load run that several groups look at; made when it is asked for first.
    const LiveRun& live();
    /// The engine with and without the integrator; made when it is asked for first.
    const IntegrationRun& integration();

private:
    Workbench(Options options, Config config, const Clock& clock, std::string folder);

    const Options options_;
    const Config config_;
    const Clock& clock_;
    const std::string folder_;
    std::unique_ptr<LiveRun> live_;
    std::unique_ptr<IntegrationRun> integration_;
};

}  // namespace tickstock::validate
