#include "validate/child_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/clock.hpp"
#include "validate/http_client.hpp"

namespace tickstock::validate {

using namespace std::chrono_literals;

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& arguments,
                                                          const std::string& log_path) {
    std::vector<char*> words;
    std::string program = "tickstock";
    words.push_back(program.data());
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);
    const int log = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (log < 0) {
        return Error{log_path + ": " + std::strerror(errno)};
    }
    const pid_t parent = ::getpid();
    const pid_t id = ::fork();
    if (id == 0) {
        // Only calls that are safe between fork and exec.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        const int nothing = ::open("/dev/null", O_RDWR);
        if (::getppid() != parent || nothing < 0 || ::dup2(nothing, 0) < 0 ||
            ::dup2(nothing, 1) < 0 || ::dup2(log, 2) < 0) {
            ::_exit(127);
        }
        // A group of its own: Ctrl-C at the terminal is the parent's business.
        ::setpgid(0, 0);
        ::execv("/proc/self/exe", words.data());
        ::_exit(127);
    }
    ::close(log);
    if (id < 0) {
        return Error{std::string("fork: ") + std::strerror(errno)};
    }
    return std::unique_ptr<ChildProcess>(new ChildProcess(id, log_path));
}

ChildProcess::~ChildProcess() {
    if (!exit_code()) {
        ::kill(id_, SIGKILL);
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
        }
    }
}

void ChildProcess::signal(int number) {
    if (!exit_code()) {
        ::kill(id_, number);
    }
}

std::optional<int> ChildProcess::exit_code() {
    int status = 0;
    if (!exit_code_ && ::waitpid(id_, &status, WNOHANG) == id_) {
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return exit_code_;
}

Result<int> ChildProcess::wait(Nanos patience) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + patience;
    while (!exit_code()) {
        if (is_interrupted()) {
            return Error{"interrupted"};
        }
        if (clock.monotonic() > end) {
            return Error{"the process did not end in time"};
        }
        pause_for(2ms);
    }
    return *exit_code_;
}

std::string ChildProcess::log() const {
    std::ifstream file(log_path_);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string ChildProcess::last_lines(std::size_t count) const {
    std::string text = log();
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    std::size_t at = text.size();
    for (std::size_t line = 0; line < count && at != std::string::npos && at > 0; ++line) {
        at = text.rfind('\n', at - 1);
    }
    return at == std::string::npos ? text : text.substr(at + 1);
}

Result<std::unique_ptr<ChildServer>> ChildServer::start(const std::vector<std::string>& arguments,
                                                        const std::string& log_path) {
    std::vector<std::string> all{"serve", "--port", "0"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto process = ChildProcess::start(all, log_path);
    if (!process) {
        return process.error();
    }
    std::unique_ptr<ChildServer> server(new ChildServer(std::move(*process)));
    const SystemClock clock;
    const Nanos end = clock.monotonic() + 120s;
    constexpr std::string_view listening = "listening on http://127.0.0.1:";
    while (server->port_ == 0) {
        if (is_interrupted()) {
            return Error{"interrupted"};
        }
        const auto ended = server->process_->exit_code();
        const std::string log = server->process_->log();
        const std::size_t at = log.find(listening);
        if (at != std::string::npos) {
            const auto [end_of_port, error] = std::from_chars(
                log.data() + at + listening.size(), log.data() + log.size(), server->port_);
            if (error != std::errc() || end_of_port == log.data() + log.size()) {
                server->port_ = 0;  // the line is not written to its end yet
            }
        } else if (ended || clock.monotonic() > end) {
            return Error{fmt::format("the server did not start{}: {}",
                                     ended ? fmt::format(" (exit code {})", *ended) : "",
                                     server->process_->last_lines(3))};
        }
        pause_for(2ms);
    }
    return server;
}

std::optional<Error> ChildServer::wait_until_ready(Nanos patience) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + patience;
    std::string last = "no answer";
    while (clock.monotonic() < end && !is_interrupted()) {
        const auto answer = http_get(port_, "/readyz");
        if (answer && answer->status == 200) {
            return std::nullopt;
        }
        last = answer ? answer->body : answer.error().message;
        pause_for(5ms);
    }
    return Error{"/readyz does not become 200: " + last};
}

std::optional<Error> ChildServer::stop(Nanos patience) {
    process_->signal(SIGTERM);
    const auto code = process_->wait(patience);
    if (!code) {
        return code.error();
    }
    return *code == 0 ? std::nullopt
                      : std::optional(Error{fmt::format("the server ended with exit code {}: {}",
                                                        *code, process_->last_lines(3))});
}

void ChildServer::kill() {
    process_->signal(SIGKILL);
    // Nobody can refuse this signal; the wait is short and must not be left out.
    while (!process_->exit_code()) {
        const timespec moment{0, 1'000'000};
        ::nanosleep(&moment, nullptr);
    }
}

Result<std::string> ChildServer::page(const std::string& target) const {
    auto answer = http_get(port_, target);
    if (!answer) {
        return Error{target + ": " + answer.error().message};
    }
    if (answer->status != 200) {
        return Error{
            fmt::format("{} answered {}: {}", target, answer->status, answer->body.substr(0, 200))};
    }
    return std::move(answer->body);
}

}  // namespace tickstock::validate
