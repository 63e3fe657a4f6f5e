// Mapping and reading of dumps.
#include "engine/dump/input.hpp"

#include <cerrno>
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

// Closes what open_input opened, but not standard input.
struct Descriptor {
    int fd = -1;
    bool own = true;
    ~Descriptor() {
        if (own && fd >= 0) ::close(fd);
    }
};

// `size` bytes of the file and at least `padding` more, which a file that ends with a page does not have.
void* map_padded(int fd, size_t size, size_t& mapped) {
    const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
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
        const ssize_t got = ::read(fd, bytes.data + bytes.size, room - bytes.size);
        if (got == 0) {
            std::memset(bytes.data + bytes.size, 0, Input::padding);
            return 0;
        }
        if (got > 0) bytes.size += static_cast<size_t>(got);
        if (got < 0 && errno != EINTR) {
            const int code = errno;
            std::free(bytes.data);
            return code;
        }
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
    std::string copy;
    copy.reserve(text.size() + padding);
    copy = text;
    return adopt(std::move(copy));
}

std::shared_ptr<const Input> Input::adopt(std::string text) {
    std::shared_ptr<Input> input(new Input);
    const size_t size = text.size();
    text.append(padding, '\0');
    input->string_ = std::move(text);
    input->text_ = std::string_view(input->string_).substr(0, size);
    return input;
}

DumpResult<std::shared_ptr<const Input>> open_input(const std::string& path) {
    Descriptor file;
    file.own = path != "-";
    file.fd = file.own ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
    if (file.fd < 0) return tl::unexpected(system_error("cannot open", errno));
    struct stat status;
    if (::fstat(file.fd, &status) != 0) return tl::unexpected(system_error("cannot read", errno));
    if (S_ISDIR(status.st_mode)) return tl::unexpected(system_error("cannot read", EISDIR));

    std::shared_ptr<Input> input(new Input);
    const off_t offset = S_ISREG(status.st_mode) ? ::lseek(file.fd, 0, SEEK_CUR) : 0;
    // Files of the kernel say that they are empty; reading tells.
    if (S_ISREG(status.st_mode) && offset >= 0 && status.st_size > offset) {
        input->block_ = map_padded(file.fd, static_cast<size_t>(status.st_size), input->mapped_);
        if (input->block_) {
            input->text_ = {static_cast<const char*>(input->block_), static_cast<size_t>(status.st_size)};
            input->text_.remove_prefix(static_cast<size_t>(offset));
            return input;
        }
        input->mapped_ = 0;
    }
    Bytes bytes;
    if (const int code = read_all(file.fd, bytes)) return tl::unexpected(system_error("cannot read", code));
    input->block_ = bytes.data;
    input->text_ = {bytes.data, bytes.size};
    return input;
}

}  // namespace dqrewrite
