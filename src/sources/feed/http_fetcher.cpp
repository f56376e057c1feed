#include "sources/feed/http_fetcher.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "sources/feed/http_lane.hpp"
#include "sources/feed/tls_client.hpp"

namespace tickstock {

namespace net = boost::asio;

class HttpFetcher::Impl final {
public:
    explicit Impl(Options options) : options_(std::move(options)), work_(io_.get_executor()) {
        TS_ASSERT(!options_.url.tls || options_.trust != nullptr);
        for (unsigned i = 0; i < options_.connections; ++i) {
            lanes_.push_back(Lane{});
        }
        thread_ = std::thread([this] {
            const NamedThread name(options_.thread_name);
            io_.run();
        });
    }

    void stop() {
        if (thread_.joinable()) {
            io_.stop();
            thread_.join();
        }
    }

    void post(std::function<void()> call) { net::post(io_, std::move(call)); }

    void post_after(Nanos pause, std::function<void()> call) {
        auto timer = std::make_shared<net::steady_timer>(io_, pause);
        timer->async_wait([timer, call = std::move(call)](const boost::system::error_code& error) {
            if (!error) {
                call();
            }
        });
    }

    void get(std::string target, Done done) {
        add({std::move(target), std::nullopt, std::move(done), 0});
    }

    void send(std::string target, std::string body, Done done) {
        add({std::move(target), std::move(body), std::move(done), 0});
    }

    void drop_all() {
        ++generation_;
        jobs_.clear();
        for (Lane& lane : lanes_) {
            lane = Lane{};
        }
    }

private:
    struct Job {
        std::string target;
        std::optional<std::string> body;  // of a POST
        Done done;
        unsigned tried = 0;
    };
    struct Lane {
        std::shared_ptr<HttpLane> connection;  // stays open between requests
        bool busy = false;
    };

    void add(Job job) {
        post([this, job = std::move(job)]() mutable {
            jobs_.push_back(std::move(job));
            hand_out();
        });
    }

    void hand_out() {
        for (std::size_t i = 0; i < lanes_.size() && !jobs_.empty(); ++i) {
            if (!lanes_[i].busy) {
                Job job = std::move(jobs_.front());
                jobs_.pop_front();
                begin(i, std::move(job));
            }
        }
    }

    void begin(std::size_t at, Job job) {
        Lane& lane = lanes_[at];
        lane.busy = true;
        ++job.tried;
        if (lane.connection == nullptr || !lane.connection->usable()) {
            lane.connection = std::make_shared<HttpLane>(
                io_, options_.url.tls ? &options_.trust->context : nullptr, options_);
        }
        const std::string target = job.target;
        std::optional<std::string> body = std::move(job.body);
        auto done = [this, at, generation = generation_, is_post = body.has_value(),
                     job = std::move(job)](unsigned status, std::string& answer) mutable {
            if (generation != generation_) {
                return;
            }
            lanes_[at].busy = false;
            const bool again = !is_post && (status == 0 || status == 429 || status >= 500);
            if (again && job.tried < options_.attempts) {
                try_later(std::move(job));
            } else {
                job.done(status, answer);
            }
            hand_out();
        };
        if (body) {
            lane.connection->send(target, std::move(*body), std::move(done));
        } else {
            lane.connection->get(target, std::move(done));
        }
    }

    void try_later(Job job) {
        const Nanos pause = options_.retry_pause * (1 << (job.tried - 1));
        post_after(pause, [this, generation = generation_, job = std::move(job)]() mutable {
            if (generation == generation_) {
                jobs_.push_front(std::move(job));
                hand_out();
            }
        });
    }

    Options options_;
    net::io_context io_{1};
    net::executor_work_guard<net::io_context::executor_type> work_;
    std::deque<Job> jobs_;
    std::vector<Lane> lanes_;
    std::uint64_t generation_ = 0;
    std::thread thread_;
};

HttpFetcher::HttpFetcher(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpFetcher::~HttpFetcher() {
    stop();
}
void HttpFetcher::get(std::string target, Done done) {
    impl_->get(std::move(target), std::move(done));
}
void HttpFetcher::send(std::string target, std::string body, Done done) {
    impl_->send(std::move(target), std::move(body), std::move(done));
}
void HttpFetcher::post(std::function<void()> call) {
    impl_->post(std::move(call));
}
void HttpFetcher::post_after(Nanos pause, std::function<void()> call) {
    impl_->post_after(pause, std::move(call));
}
void HttpFetcher::drop_all() {
    impl_->drop_all();
}
void HttpFetcher::stop() {
    impl_->stop();
}

}  // namespace tickstock
