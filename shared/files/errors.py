"""What is refused about files, each with a sentence a person can act on."""

from __future__ import annotations

from shared.errors import AppError, Forbidden, Malformed, NotFound, PeerDown


class FileTypeRefused(Malformed):
    """The content is of no type that is taken, whatever its name says."""

    code = "file.type.refused"
    zh = "不支持此文件类型，请上传照片（JPEG、PNG、WebP、HEIC）、录音（AMR、M4A、MP3）或 PDF"
    en = "This type of file is not taken: send a photo (JPEG, PNG, WebP, HEIC), a voice note (AMR, M4A, MP3) or a PDF"


class FileDamaged(Malformed):
    """The content is not what its type should be: cut off, or something else hidden behind it."""

    code = "file.content.damaged"
    zh = "文件已损坏或内容不完整，请重新拍摄或导出后再上传"
    en = "The file is damaged or incomplete; take or export it again and upload it anew"


class FileTooLarge(AppError):
    """More bytes or more pixels than are taken."""

    status = 413
    code = "file.size.too_large"
    zh = "文件过大：最多 {megabytes} MB、{megapixels} 百万像素，请压缩后再上传"
    en = "The file is too large: at most {megabytes} MB and {megapixels} megapixels; compress it and try again"


class LinkInvalid(Forbidden):
    """The link was not made by this installation, or was altered."""

    code = "file.link.invalid"
    zh = "文件链接无效，请重新打开文件"
    en = "This link to a file is not valid; open the file again"


class LinkExpired(Forbidden):
    """The link is older than ten minutes."""

    code = "file.link.expired"
    zh = "文件链接已过期，请重新打开文件"
    en = "This link to a file has expired; open the file again"


class FileGone(NotFound):
    """The file was removed, or its content is not in the store."""

    code = "file.content.gone"
    zh = "该文件已被移除"
    en = "This file was removed"


class StorageMissing(PeerDown):
    """No object store is configured, or it does not answer."""

    code = "file.storage.unavailable"
    zh = "文件存储暂时不可用，请稍后重试"
    en = "File storage is not available at the moment; try again shortly"
