#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "validate/machine.hpp"

namespace tickstock::validate {

/// A child process of this program; killed by its id when the object goes, and by the system when
/// this process goes. Its standard error goes to a file. One thread, the main one.
class ChildProcess {
public:
    /// Runs /proc/self/exe with these arguments (argv[0] is given here).
    static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& arguments,
                                                       const std::string& log_path);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t id() const { return id_; }
    /// Sends the signal, if it still runs.
    void signal(int number);
    /// Its exit code, 128 + signal when a signal ended it; nothing while it runs.
    std::optional<int> exit_code();
    /// Until it has ended. An error when `patience` is over first.
    Result<int> wait(Nanos patience);
    /// What it has written to standard error.
    std::string log() const;
    std::string last_lines(std::size_t count) const;

private:
    ChildProcess(pid_t id, std::string log_path) : id_(id), log_path_(std::move(log_path)) {}

    const pid_t id_;
    const std::string log_path_;
    std::optional<int> exit_code_;
};

/// `tickstock serve` as a child, on a port of its own.
class ChildServer {
public:
    /// Until it listens. `arguments` stand behind "serve --port 0".
    static Result<std::unique_ptr<ChildServer>> start(const std::vector<std::string>& arguments,
                                                      const std::string& log_path);

    std::uint16_t port() const { return port_; }
    /// Until /readyz answers 200.
    std::optional<Error> wait_until_ready(Nanos patience);
    /// SIGTERM and the end in good order; an error tells the exit code.
    std::optional<Error> stop(Nanos patience = std::chrono::seconds(60));
    /// SIGKILL, and waits for the end.
    void kill();
    Result<ProcessMemory> memory() const { return read_memory(process_->id()); }
    Result<Nanos> processor_time() const { return read_processor_time(process_->id()); }
    /// A page that answers 200.
    Result<std::string> page(const std::string& target) const;
    const ChildProcess& process() const { return *process_; }

private:
    explicit ChildServer(std::unique_ptr<ChildProcess> process) : process_(std::move(process)) {}

    std::unique_ptr<ChildProcess> process_;
    std::uint16_t port_ = 0;
};

}  // namespace tickstock::validate
