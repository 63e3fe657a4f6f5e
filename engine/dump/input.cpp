// Mapping and reading of dumps, whole or by lines.
#include "engine/dump/input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dqrewrite {

namespace {

DumpError system_error(const char* what, int code) {
    DumpError error;
    error.message = std::string(what) + ": " + std::strerror(code);
    return error;
}

// So much of a pipe is read at once, and so much of a mapping released.
constexpr size_t read_size = size_t{1} << 16;
constexpr size_t release_size = size_t{1} << 22;

uintptr_t page_size() {
    return static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
}

// `size` bytes of the file and at least `padding` more, which a file that ends with a page does not have.
void* map_padded(int fd, size_t size, size_t& mapped) {
    const size_t page = page_size();
    mapped = (size + Input::padding + page - 1) / page * page;
    void* block = ::mmap(nullptr, mapped, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return nullptr;
    if (::mmap(block, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
        ::munmap(block, mapped);
        return nullptr;
    }
    ::madvise(block, size, MADV_SEQUENTIAL);
    return block;
}

struct Bytes {
    char* data = nullptr;
    size_t size = 0;
};

// Some bytes; 0 at the end, -1 and errno where reading fails.
ssize_t read_some(int fd, char* to, size_t room) {
    ssize_t got = 0;
    do got = ::read(fd, to, room);
    while (got < 0 && errno == EINTR);
    return got;
}

// Everything up to the end; the block is from malloc and zero behind the text. 0, or an errno.
int read_all(int fd, Bytes& bytes) {
    size_t room = 1 << 16;
    bytes.data = static_cast<char*>(std::malloc(room + Input::padding));
    while (bytes.data) {
        if (bytes.size == room) {
            void* larger = std::realloc(bytes.data, room * 2 + Input::padding);
            if (!larger) break;
            bytes.data = static_cast<char*>(larger);
            room *= 2;
        }
        const ssize_t got = read_some(fd, bytes.data + bytes.size, room - bytes.size);
        if (got == 0) {
            std::memset(bytes.data + bytes.size, 0, Input::padding);
            return 0;
        }
        if (got < 0) {
            const int code = errno;
            std::free(bytes.data);
            return code;
        }
        bytes.size += static_cast<size_t>(got);
    }
    std::free(bytes.data);
    return ENOMEM;
}

}  // namespace

Input::~Input() {
    if (mapped_ != 0) {
        ::munmap(block_, mapped_);
    } else {
        std::free(block_);
    }
}

std::shared_ptr<const Input> Input::from_string(std::string_view text) {
    std::shared_ptr<Input> input(new Input);
    input->string_.reserve(text.size() + padding);
    input->string_ = text;
    input->string_.append(padding, '\0');
    input->text_ = std::string_view(input->string_).substr(0, text.size());
    return input;
}

// An open file, pipe or standard input, which is not closed.
class InputFile {
public:
    static DumpResult<std::unique_ptr<InputFile>> open(const std::string& path) {
        std::unique_ptr<InputFile> file(new InputFile);
        file->own_ = path != "-";
        file->fd_ = file->own_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
        if (file->fd_ < 0) return tl::unexpected(system_error("cannot open", errno));
        if (::fstat(file->fd_, &file->status_) != 0) return tl::unexpected(system_error("cannot read", errno));
        if (S_ISDIR(file->status_.st_mode)) return tl::unexpected(system_error("cannot read", EISDIR));
        return file;
    }
    ~InputFile() {
        if (own_ && fd_ >= 0) ::close(fd_);
    }

    int fd() const { return fd_; }

    // What is left of a file; null where it cannot be mapped, which does not mean that it cannot be read.
    std::shared_ptr<const Input> map() const {
        const bool regular = S_ISREG(status_.st_mode);
        const off_t offset = regular ? ::lseek(fd_, 0, SEEK_CUR) : 0;
        // Files of the kernel say that they are empty; reading tells.
        if (!regular || offset < 0 || status_.st_size <= offset) return nullptr;
        std::shared_ptr<Input> input(new Input);
        input->block_ = map_padded(fd_, static_cast<size_t>(status_.st_size), input->mapped_);
        if (!input->block_) {
            input->mapped_ = 0;
            return nullptr;
        }
        input->text_ = {static_cast<const char*>(input->block_), static_cast<size_t>(status_.st_size)};
        input->text_.remove_prefix(static_cast<size_t>(offset));
        return input;
    }

    DumpResult<std::shared_ptr<const Input>> read() const {
        std::shared_ptr<Input> input(new Input);
        Bytes bytes;
        if (const int code = read_all(fd_, bytes)) return tl::unexpected(system_error("cannot read", code));
        input->block_ = bytes.data;
        input->text_ = {bytes.data, bytes.size};
        return input;
    }

private:
    InputFile() = default;

    int fd_ = -1;
    bool own_ = true;
    struct stat status_ {};
};

DumpResult<std::shared_ptr<const Input>> open_input(const std::string& path) {
    auto file = InputFile::open(path);
    if (!file) return tl::unexpected(file.error());
    if (auto mapped = (*file)->map()) return mapped;
    return (*file)->read();
}

LineInput::LineInput(std::unique_ptr<InputFile> file) : file_(std::move(file)), mapped_(file_->map()) {
    if (mapped_) at_ = released_ = mapped_->text().data();
}

LineInput::~LineInput() = default;

DumpResult<std::unique_ptr<LineInput>> LineInput::open(const std::string& path) {
    auto file = InputFile::open(path);
    if (!file) return tl::unexpected(file.error());
    return std::unique_ptr<LineInput>(new LineInput(std::move(*file)));
}

std::optional<InputLine> LineInput::next() {
    return mapped_ ? next_mapped() : next_read();
}

std::optional<InputLine> LineInput::next_mapped() {
    const std::string_view all = mapped_->text();
    const auto left = static_cast<size_t>(all.data() + all.size() - at_);
    if (left == 0) return {};
    const void* newline = std::memchr(at_, '\n', left);
    const size_t size = newline ? static_cast<size_t>(static_cast<const char*>(newline) - at_) : left;
    InputLine line{mapped_, {at_, size}};
    at_ += newline ? size + 1 : size;
    return line;
}

std::optional<InputLine> LineInput::next_read() {
    size_t seen = begin_;
    size_t end = 0;
    while ((end = buffer_.find('\n', seen)) == buffer_.npos) {
        seen = buffer_.size() - begin_;
        buffer_.erase(0, std::exchange(begin_, 0));
        if (read_more()) continue;
        if (error_ != 0 || buffer_.empty()) return {};
        end = buffer_.size();
        break;
    }
    auto input = Input::from_string(std::string_view(buffer_).substr(begin_, end - begin_));
    begin_ = std::min(end + 1, buffer_.size());
    return InputLine{input, input->text()};
}

// False at the end, and where reading fails.
bool LineInput::read_more() {
    const size_t size = buffer_.size();
    buffer_.resize(size + read_size);
    const ssize_t got = read_some(file_->fd(), buffer_.data() + size, read_size);
    if (got < 0) error_ = errno;
    buffer_.resize(size + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    return got > 0;
}

// Pages of a file come again, with what the file holds, if somebody should look at them all the same.
void LineInput::release(std::string_view line) {
    if (!mapped_) return;
    const char* end = line.data() + line.size();
    if (end < released_ || static_cast<size_t>(end - released_) < release_size) return;
    const uintptr_t page = page_size();
    const uintptr_t from = (reinterpret_cast<uintptr_t>(released_) + page - 1) / page * page;
    const uintptr_t to = reinterpret_cast<uintptr_t>(end) / page * page;
    ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
    released_ = reinterpret_cast<const char*>(to);
}

std::optional<DumpError> LineInput::error() const {
    if (error_ == 0) return {};
    return system_error("cannot read", error_);
}

}  // namespace dqrewrite
